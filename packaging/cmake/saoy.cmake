# Warnings, hardening, and the four functions CMakeLists.txt is written in.
set(CMAKE_C_STANDARD 17)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# A program loads what it calls, not what its modules could: saoy verify starts without OpenCV.
add_link_options(-Wl,--as-needed)
option(SAOY_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(SAOY_FUZZ "build the fuzz targets with libFuzzer (clang); packaging/fuzz" OFF)
find_package(PkgConfig REQUIRED)
enable_testing() # here, not in saoy_tests(): it counts for the folder it is said in

add_library(saoy_strict INTERFACE)
target_compile_options(saoy_strict INTERFACE -Wall -Wextra -Werror -Wshadow -Wconversion
    -Wno-sign-conversion -Wno-unused-parameter -Wformat=2 -Wvla
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
    $<$<COMPILE_LANG_AND_ID:C,Clang>:-Wno-missing-field-initializers>
    $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wno-missing-field-initializers>)

# Hardening for what ships, pictures and cards being hostile. Fortify needs optimisation.
if(SAOY_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined
        -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1)
    add_link_options(-fsanitize=address,undefined)
elseif(SAOY_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
        -fno-omit-frame-pointer -O1)
    add_link_options(-fsanitize=address,undefined)
else()
    add_compile_options(-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
        -fstack-clash-protection -fcf-protection)
    add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# Debian's OpenCVConfig.cmake comes only with every OpenCV module there is; we want five.
function(saoy_opencv)
    add_library(saoy_opencv INTERFACE)
    find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
    target_include_directories(saoy_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE})
    foreach(part ${ARGN})
        find_library(OPENCV_${part} opencv_${part} REQUIRED)
        target_link_libraries(saoy_opencv INTERFACE ${OPENCV_${part}})
    endforeach()
endfunction()

# src/<name>/<name>.gresource.xml: files that are built into the module.
function(saoy_bundle name xml)
    set(out ${CMAKE_BINARY_DIR}/${name}-files.c)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.html
        ${PROJECT_SOURCE_DIR}/src/${name}/*.css ${PROJECT_SOURCE_DIR}/src/${name}/*.sql)
    add_custom_command(OUTPUT ${out} DEPENDS ${xml} ${files}
        COMMAND glib-compile-resources --generate-source --c-name saoy_${name}_files
            --sourcedir ${PROJECT_SOURCE_DIR}/src/${name} --target=${out} ${xml})
    set_source_files_properties(${out} PROPERTIES COMPILE_OPTIONS -w)
endfunction()

# A module is a folder. USES is the layer rule: linking enforces it, tests/lint/layers.py
# enforces it for #include.
function(saoy_module name)
    cmake_parse_arguments(M "" "" "USES;LIBS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.c
        ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
    list(TRANSFORM M_USES PREPEND saoy_)
    if(NOT sources)
        file(WRITE ${CMAKE_BINARY_DIR}/none.c "typedef int saoy_none;\n")
        set(sources ${CMAKE_BINARY_DIR}/none.c)
    endif()
    set(bundle ${PROJECT_SOURCE_DIR}/src/${name}/${name}.gresource.xml)
    if(EXISTS ${bundle})
        saoy_bundle(${name} ${bundle})
        list(APPEND sources ${CMAKE_BINARY_DIR}/${name}-files.c)
    endif()
    add_library(saoy_${name} STATIC ${sources})
    target_include_directories(saoy_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
        PRIVATE ${PROJECT_SOURCE_DIR}/src/${name})
    target_compile_definitions(saoy_${name} PRIVATE G_LOG_DOMAIN="saoy-${name}"
        GETTEXT_PACKAGE="saoy" _DEFAULT_SOURCE _GNU_SOURCE
        SAOY_VERSION="${PROJECT_VERSION}" SAOY_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        SAOY_BUILD_DIR="${CMAKE_BINARY_DIR}"
        SAOY_SHARE_DIR="${CMAKE_INSTALL_PREFIX}/share/saoy")
    target_link_libraries(saoy_${name} PUBLIC ${M_USES} ${M_LIBS} PRIVATE saoy_strict)
endfunction()

# A program is the module that holds its main().
function(saoy_program name module)
    file(GLOB main ${PROJECT_SOURCE_DIR}/src/${module}/*.c)
    if(NOT main)
        return()
    endif()
    file(WRITE ${CMAKE_BINARY_DIR}/empty.c "typedef int saoy_empty;\n")
    add_executable(${name} ${CMAKE_BINARY_DIR}/empty.c)
    target_link_libraries(${name} PRIVATE -Wl,--whole-archive saoy_${module}
        -Wl,--no-whole-archive)
    install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# ui/kiosk.gresource.xml -> a C file of the ui module.
function(saoy_resources name xml)
    find_program(GLIB_COMPILE_RESOURCES glib-compile-resources REQUIRED)
    set(folder ${PROJECT_SOURCE_DIR}/ui)
    set(out ${CMAKE_BINARY_DIR}/${name}-resources)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/pages/*.ui ${folder}/style/*.css
        ${folder}/icons/*.svg)
    foreach(part source header)
        set(suffix h)
        if(part STREQUAL source)
            set(suffix c)
        endif()
        add_custom_command(OUTPUT ${out}.${suffix}
            COMMAND ${GLIB_COMPILE_RESOURCES} --generate-${part} --manual-register
                --c-name saoy_${name} --sourcedir ${folder} --target ${out}.${suffix} ${xml}
            DEPENDS ${xml} ${files})
    endforeach()
    target_sources(saoy_${name} PRIVATE ${out}.c ${out}.h)
    set_source_files_properties(${out}.c PROPERTIES COMPILE_OPTIONS -w)
    target_include_directories(saoy_${name} PRIVATE ${CMAKE_BINARY_DIR})
endfunction()

# ui/po/<language>.po -> build/locale/<language>/LC_MESSAGES/saoy.mo
function(saoy_translations) # and the data files that are installed with them
    file(STRINGS ${PROJECT_SOURCE_DIR}/ui/po/LINGUAS languages)
    foreach(language ${languages})
        set(mo ${CMAKE_BINARY_DIR}/locale/${language}/LC_MESSAGES/saoy.mo)
        add_custom_command(OUTPUT ${mo}
            COMMAND ${CMAKE_COMMAND} -E make_directory
                ${CMAKE_BINARY_DIR}/locale/${language}/LC_MESSAGES
            COMMAND msgfmt --check -o ${mo} ${PROJECT_SOURCE_DIR}/ui/po/${language}.po
            DEPENDS ${PROJECT_SOURCE_DIR}/ui/po/${language}.po)
        list(APPEND catalogues ${mo})
    endforeach()
    add_custom_target(translations ALL DEPENDS ${catalogues})
    install(DIRECTORY ${CMAKE_BINARY_DIR}/locale DESTINATION share)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/models DESTINATION share/saoy
        PATTERN fetch EXCLUDE)
endfunction()

# tests/unit/<module>/test-*.c, tests/contract/contract-*.c: a program each, TAP on stdout.
# tests/lint/*.py, tests/e2e/test_*.py run as they are.
function(saoy_test_program path label)
    cmake_path(GET path STEM stem)
    cmake_parse_arguments(T "" "" "USES" ${ARGN})
    add_executable(${stem} ${path})
    foreach(module ${T_USES})
        target_link_libraries(${stem} PRIVATE saoy_${module})
        target_include_directories(${stem} PRIVATE ${PROJECT_SOURCE_DIR}/src/${module})
    endforeach()
    if(stem STREQUAL test-signer-faults) # is a TLS server too
        target_link_libraries(${stem} PRIVATE ssl)
    endif()
    if(stem STREQUAL test-pkcs11) # and this one plays with the token itself
        target_include_directories(${stem} SYSTEM PRIVATE ${P11_INCLUDE_DIRS})
    endif()
    target_compile_definitions(${stem} PRIVATE _GNU_SOURCE
        SAOY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SAOY_BUILD_DIR="${CMAKE_BINARY_DIR}")
    target_compile_options(${stem} PRIVATE -Wall -Wextra -Werror -Wno-unused-parameter
        -Wno-missing-field-initializers)
    add_test(NAME ${stem} COMMAND ${stem} --tap)
    set_tests_properties(${stem} PROPERTIES LABELS ${label} TIMEOUT 300
        ENVIRONMENT "${test_environment}" SKIP_RETURN_CODE 77)
endfunction()

# tests/fuzz/fuzz-<name>.c: a target each, and its corpus replayed as a test; with SAOY_FUZZ
# libFuzzer's main instead. fuzz-seed and fuzz-seed-<part> make the first inputs.
function(saoy_fuzz_targets)
    set(replay ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c)
    if(SAOY_FUZZ)
        set(replay "")
    endif()
    file(GLOB targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz-*.c)
    file(GLOB seeds CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/seed*.c)
    foreach(target ${targets} ${seeds})
        cmake_path(GET target STEM stem)
        string(REPLACE seed fuzz-seed stem ${stem})
        string(REPLACE fuzz- "" name ${stem})
        add_executable(${stem} ${target})
        target_link_libraries(${stem} PRIVATE saoy_identity saoy_signature)
        if(name STREQUAL portrait)
            target_link_libraries(${stem} PRIVATE saoy_vision)
        endif()
        target_include_directories(${stem} PRIVATE ${PROJECT_SOURCE_DIR}/src/identity
            ${PROJECT_SOURCE_DIR}/src/signature ${PROJECT_SOURCE_DIR}/src/document)
        target_compile_definitions(${stem} PRIVATE _GNU_SOURCE
            SAOY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        target_compile_options(${stem} PRIVATE -Wall -Wextra -Werror
            -Wno-unused-parameter -Wno-missing-field-initializers)
        if(name MATCHES "^seed")
            continue()
        endif()
        target_sources(${stem} PRIVATE ${replay})
        if(SAOY_FUZZ)
            target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
        else()
            add_test(NAME ${stem} COMMAND ${stem}
                ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
            set_tests_properties(${stem} PROPERTIES LABELS "unit;fuzz" TIMEOUT 300
                ENVIRONMENT "${test_environment}")
        endif()
    endforeach()
endfunction()

# tests/peer: our reader before another project's chip, where its library is here.
function(saoy_peer_tests)
    find_library(EAC eac)
    if(NOT EAC)
        message(STATUS "no libeac: tests/peer is left out")
        return()
    endif()
    saoy_test_program(${PROJECT_SOURCE_DIR}/tests/peer/test-openpace.c unit USES identity)
    target_sources(test-openpace PRIVATE ${PROJECT_SOURCE_DIR}/tests/peer/openpace.c
        ${PROJECT_SOURCE_DIR}/tests/peer/openpace-terminal.c)
    target_link_libraries(test-openpace PRIVATE ${EAC})
endfunction()

function(saoy_tests)
    set(test_environment LANG=C.UTF-8 LC_ALL=C.UTF-8 G_SLICE=always-malloc
        G_DEBUG=fatal-criticals OMP_THREAD_LIMIT=1 SAOY_DATA_DIR=${PROJECT_SOURCE_DIR}
        SAOY_SOURCE_DIR=${PROJECT_SOURCE_DIR} SAOY_BUILD_DIR=${CMAKE_BINARY_DIR}
        SAOY_LOCALE_DIR=${CMAKE_BINARY_DIR}/locale ASAN_OPTIONS=detect_leaks=0)
    foreach(module core identity vision document net store reading signature device issue
            flow maint ui hub kiosk cli engineer)
        file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${module}/test-*.c)
        foreach(test ${tests})
            saoy_test_program(${test} unit USES ${module})
        endforeach()
    endforeach()
    saoy_fuzz_targets()
    saoy_peer_tests()
    file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/contract/contract-*.c)
    foreach(test ${tests})
        saoy_test_program(${test} contract USES device hub)
    endforeach()
    file(GLOB screens CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/screen/*.c)
    if(screens)
        add_executable(screens ${screens})
        target_link_libraries(screens PRIVATE saoy_ui)
        add_test(NAME screens COMMAND xvfb-run -a -s "-screen 0 1080x1920x24"
            $<TARGET_FILE:screens>)
        set_tests_properties(screens PROPERTIES LABELS screen TIMEOUT 300
            ENVIRONMENT "${test_environment};GSK_RENDERER=cairo;GDK_BACKEND=x11"
            SKIP_RETURN_CODE 77)
    endif()
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/lint/*.py)
    foreach(script ${scripts})
        cmake_path(GET script STEM stem)
        add_test(NAME lint-${stem} COMMAND /usr/bin/python3 ${script}
            WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
        set_tests_properties(lint-${stem} PROPERTIES LABELS lint TIMEOUT 120
            ENVIRONMENT "${test_environment}")
    endforeach()
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/e2e/test_*.py)
    foreach(script ${scripts})
        cmake_path(GET script STEM stem)
        add_test(NAME e2e-${stem} COMMAND /usr/bin/python3 -m pytest -q -p no:cacheprovider
            --rootdir ${PROJECT_SOURCE_DIR}/tests/e2e ${script})
        set_tests_properties(e2e-${stem} PROPERTIES LABELS e2e TIMEOUT 900
            ENVIRONMENT "${test_environment}")
    endforeach()
    # the window and the stopping of the hub want the machine for themselves; the longest of
    # the others first; one virtual reader for those that need it
    set_tests_properties(e2e-test_window e2e-test_hub_hazards PROPERTIES RUN_SERIAL TRUE)
    set_tests_properties(e2e-test_wipe e2e-test_visit PROPERTIES COST 100)
    set_tests_properties(e2e-test_page_bench PROPERTIES COST 100 TIMEOUT 1800)
    set_tests_properties(contract-card e2e-test_card e2e-test_wipe PROPERTIES
        RESOURCE_LOCK virtual-reader)
endfunction()
