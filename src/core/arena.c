#include "core/arena.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct SaoyArena {
    uint8_t *block;
    size_t size, used;
    bool locked;
};

SaoyArena *
saoy_arena_new(size_t size, GError **error)
{
    void *block =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (block == MAP_FAILED)
        return saoy_null(error, SAOY_ERROR_FAILED, "arena: %s", g_strerror(errno));
    if (madvise(block, size, MADV_DONTDUMP) != 0 ||
        madvise(block, size, MADV_WIPEONFORK) != 0) {
        munmap(block, size);
        return saoy_null(error, SAOY_ERROR_FAILED, "arena: madvise: %s", g_strerror(errno));
    }

    SaoyArena *arena = g_new0(SaoyArena, 1);
    *arena = (SaoyArena){ .block = block, .size = size, .locked = mlock(block, size) == 0 };
    return arena;
}

void
saoy_arena_free(SaoyArena *arena)
{
    saoy_arena_wipe(arena);
    munmap(arena->block, arena->size);
    g_free(arena);
}

void *
saoy_arena_alloc(SaoyArena *arena, size_t size)
{
    size_t whole = (size + 15) & ~(size_t)15;

    if (whole < size || whole > arena->size - arena->used)
        return NULL;

    void *at = arena->block + arena->used;
    arena->used += whole;
    return at;
}

char *
saoy_arena_string(SaoyArena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = saoy_arena_alloc(arena, size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void
saoy_arena_wipe(SaoyArena *arena)
{
    explicit_bzero(arena->block, arena->size);
    arena->used = 0;
}

bool
saoy_arena_is_wiped(const SaoyArena *arena)
{
    uint8_t any = 0;

    for (size_t i = 0; i < arena->size; i++)
        any |= arena->block[i];
    return any == 0 && arena->used == 0;
}

bool
saoy_arena_is_locked(const SaoyArena *arena)
{
    return arena->locked;
}
