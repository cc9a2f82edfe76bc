/* Lengths, and what chips make of them: extended or not, Le in every mood, 61xx, 6Cxx,
 * short answers, files far behind 32 KiB. A file server plays the chip, plain and
 * protected. */
#include "ef.h"
#include "fixture.h"

typedef enum { OBJECT_SHORTEST, OBJECT_LONG, OBJECT_CUT } ObjectForm;

typedef struct {
    SaoySm sm;
    SaoyArray *file, *pending;
    unsigned most;        /* bytes it gives at a time; 0: as many as asked for */
    uint16_t no_extended; /* status word for extended commands; 0: takes them */
    bool bare;            /* … said without protection, which ends the session */
    bool wants_zero;      /* no number in Le */
    bool wants_exact;     /* 6Cxx for more than there is */
    bool no_le_in_select; /* nor in anything else that carries data */
    bool never_ends, never_agrees;
    unsigned piece; /* bytes of an answer before 61xx; 0: in one */
    ObjectForm form;
    uint8_t select_p2; /* the only one it takes; 0xff: all */
    unsigned commands, extended;
} Server;

static void
put_sw(GByteArray *out, uint16_t sw)
{
    g_byte_array_append(out, (const uint8_t[]){ (uint8_t)(sw >> 8), (uint8_t)sw }, 2);
}

static void
put_object(const Server *server, SaoyView bytes, GByteArray *out)
{
    const uint8_t head[] = { 0x53, 0x83, (uint8_t)(bytes.size >> 16),
                             (uint8_t)(bytes.size >> 8), (uint8_t)bytes.size };
    const uint8_t cut[] = { 0x53, 0x84, 0x00, 0x7f, 0xff, 0xff };

    if (server->form == OBJECT_SHORTEST) {
        saoy_tlv_put(out, 0x53, bytes);
        return;
    }
    g_byte_array_append(out, server->form == OBJECT_LONG ? head : cut,
                        server->form == OBJECT_LONG ? sizeof head : sizeof cut);
    g_byte_array_append(out, bytes.data, (unsigned)bytes.size);
}

static uint16_t
read_bytes(Server *server, const SaoyApdu *command, GByteArray *out)
{
    size_t offset = (size_t)command->p1 << 8 | command->p2, n = command->le;
    bool odd = command->ins == 0xb1;

    if (n == 256 && server->sm.active)
        n = 200; /* as much as fits, and then some room */
    if (odd) {
        g_assert_cmpuint(command->data.size, ==, 5);
        offset = (size_t)command->data.data[2] << 16 | command->data.data[3] << 8 |
                 command->data.data[4];
        n = MAX(MIN(n, 65000), 6) - 5;
    }
    if (offset >= server->file->len)
        return SAOY_SW_WRONG_OFFSET;
    n = MIN(n, server->most == 0 ? n : server->most);
    if (server->wants_exact && offset + command->le > server->file->len && !odd)
        return server->file->len - offset <= 255
                   ? 0x6c00 | (uint16_t)(server->file->len - offset)
                   : SAOY_SW_WRONG_LENGTH;
    n = MIN(n, server->file->len - offset);
    if (odd)
        put_object(server, (SaoyView){ server->file->data + offset, n }, out);
    else
        g_byte_array_append(out, server->file->data + offset, (unsigned)n);
    return n < command->le ? SAOY_SW_END_OF_FILE : SAOY_SW_OK;
}

static uint16_t
serve(Server *server, const SaoyApdu *command, GByteArray *out)
{
    if (server->never_agrees)
        return (uint16_t)(0x6c00 | (server->commands & 0xff));
    if (command->data.size > 0 && command->le > 0 && server->no_le_in_select)
        return SAOY_SW_WRONG_LENGTH;
    if (command->ins == 0xa4)
        return server->select_p2 == 0xff || command->p2 == server->select_p2
                   ? SAOY_SW_OK
                   : SAOY_SW_WRONG_P1P2;
    if (server->wants_zero && command->le != 256)
        return SAOY_SW_WRONG_LENGTH;
    return read_bytes(server, command, out);
}

/* The next piece of what was held back. */
static void
give_piece(Server *server, GByteArray *response)
{
    unsigned n = MIN(server->piece, server->pending->len);

    if (server->never_ends) {
        put_sw(response, 0x6110);
        return;
    }
    g_byte_array_append(response, server->pending->data, n);
    g_byte_array_remove_range(server->pending, 0, n);
    if (server->pending->len > 2)
        put_sw(response, 0x6100 | (uint16_t)MIN(server->pending->len - 2, 255));
}

static bool
answer(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel, GError **error)
{
    Server *server = self;
    g_autoptr(SaoyArray) plain = saoy_array_new(300), out = saoy_array_new(70000);
    SaoyApdu command = { 0 };
    bool extended = raw.size > 5 && raw.data[4] == 0;
    uint16_t sw;

    server->commands++;
    server->extended += extended;
    g_assert_true(saoy_apdu_parse(raw, &command, NULL));
    if (command.ins == 0xc0) {
        give_piece(server, response);
        return true;
    }
    if (extended && server->no_extended != 0 && (server->bare || !server->sm.active)) {
        saoy_sm_wipe(&server->sm);
        put_sw(response, server->no_extended);
        return true;
    }
    if (server->sm.active)
        g_assert_true(saoy_sm_open(&server->sm, &command, plain, &command, NULL));
    sw = extended && server->no_extended != 0 ? server->no_extended
                                              : serve(server, &command, out);
    g_byte_array_set_size(server->pending, 0);
    if (server->sm.active) {
        g_assert_true(
            saoy_sm_seal(&server->sm, saoy_view_array(out), sw, server->pending, NULL));
    } else {
        g_byte_array_append(server->pending, out->data, out->len);
        put_sw(server->pending, sw);
    }
    if (server->piece > 0 || server->never_ends) {
        give_piece(server, response);
        return true;
    }
    if (server->sm.active && !extended)
        g_assert_cmpuint(server->pending->len, <=,
                         258); /* it asked for no more than fits */
    g_byte_array_append(response, server->pending->data, server->pending->len);
    return true;
}

static void
fill(Server *server, size_t size)
{
    g_autoptr(SaoyArray) content = saoy_array_new(size);

    for (size_t i = 0; i < size; i++)
        g_byte_array_append(content, &(uint8_t){ (uint8_t)(i * 31 >> 3) }, 1);
    g_byte_array_set_size(server->file, 0);
    saoy_tlv_put(server->file, 0x75, saoy_view_array(content));
}

static void
server_init(Server *server, SaoyLink *link, size_t size, int cipher)
{
    const SaoyKey enc = { .bytes = "0123456789abcdef0123456789abcde",
                          .size = cipher < 0 ? 16 : saoy_cipher_key((SaoyCipher)cipher) };

    *server = (Server){ .file = saoy_array_new(size + 8),
                        .pending = saoy_array_new(70000),
                        .select_p2 = 0xff };
    fill(server, size);
    saoy_link_init(link, (SaoyChannel){ answer, server }, NULL);
    if (cipher < 0)
        return;
    saoy_sm_start(&server->sm, (SaoyCipher)cipher, &enc, &enc, (SaoyView){ 0 });
    saoy_sm_start(&link->sm, (SaoyCipher)cipher, &enc, &enc, (SaoyView){ 0 });
}

static void
server_clear(Server *server)
{
    saoy_array_free(server->file);
    saoy_array_free(server->pending);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Server, server_clear)

static void
assert_reads(Server *server, SaoyLink *link)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) file = saoy_ef_fetch(link, 1 << 17, &error);

    g_assert_no_error(error);
    g_assert_true(saoy_view_same(saoy_view_of(file), saoy_view_array(server->file)));
}

/* Plain, and under each cipher: runs the quirk on files of many sizes. */
static void
on_every_size(void (*quirk)(Server *server, SaoyLink *link))
{
    static const size_t sizes[] = { 1,     100,   118,   205,   206,   214,   215,   216,
                                    222,   223,   240,   250,   260,   450,   700,   3000,
                                    20000, 32760, 32780, 40000, 65530, 70000, 100000 };

    for (int cipher = -1; cipher < SAOY_CIPHER_N; cipher++) {
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            g_auto(Server) server = { 0 };
            g_auto(SaoyLink) link = { 0 };

            server_init(&server, &link, sizes[i], cipher);
            quirk(&server, &link);
        }
    }
}

static void
read_tamely(Server *server, SaoyLink *link)
{
    assert_reads(server, link);
    g_assert_cmpint(link->length, !=, SAOY_LENGTH_SHORT);
    g_assert_cmpuint(server->commands, <=, 5); /* far files by object 54 in two more */
}

static void
test_extended_where_it_pays(void)
{
    on_every_size(read_tamely);
}

static void
read_announced(Server *server, SaoyLink *link)
{
    link->length = SAOY_LENGTH_EXTENDED;
    link->announced = true;
    assert_reads(server, link);
    if (server->file->len < 65000)
        g_assert_cmpuint(server->commands, ==, 1);
}

static void
test_whole_files_from_who_announces(void)
{
    on_every_size(read_announced);
}

/* The first refusal is the last: one extended command, then short ones. */
static void
read_refusing(Server *server, SaoyLink *link)
{
    static const uint16_t words[] = { 0x6700, 0x6a86, 0x6f00, 0x6988, 0x6b00 };

    server->no_extended = words[server->file->len % G_N_ELEMENTS(words)];
    assert_reads(server, link);
    g_assert_cmpuint(server->extended, <=, 1);
    if (server->extended == 1)
        g_assert_cmpint(link->length, ==, SAOY_LENGTH_SHORT);
}

static void
test_extended_is_refused(void)
{
    on_every_size(read_refusing);
}

static void
test_the_session_goes_with_it(void)
{
    g_auto(Server) server = { 0 };
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;

    server_init(&server, &link, 3000, SAOY_CIPHER_AES128);
    server.no_extended = 0x6700;
    server.bare = true;
    g_assert_null(saoy_ef_fetch(&link, 1 << 17, &error));
    g_assert_nonnull(error);
    g_assert_true(link.fell_back);
    g_assert_false(link.sm.active);
    g_assert_cmpint(link.length, ==, SAOY_LENGTH_SHORT);
}

static void
read_zero(Server *server, SaoyLink *link)
{
    server->wants_zero = true;
    server->no_extended = 0x6700;
    assert_reads(server, link);
}

static void
test_only_le_00(void)
{
    on_every_size(read_zero);
}

static void
read_exact(Server *server, SaoyLink *link)
{
    server->wants_exact = true;
    assert_reads(server, link);
}

static void
test_never_more_than_there_is(void)
{
    on_every_size(read_exact);
}

static void
read_short_answers(Server *server, SaoyLink *link)
{
    server->most = 100;
    assert_reads(server, link);
}

static void
test_short_answers_go_on(void)
{
    on_every_size(read_short_answers);
}

static void
test_crumbs_do_not(void)
{
    for (unsigned most = 1; most < 16; most += 7) {
        g_auto(Server) server = { 0 };
        g_auto(SaoyLink) link = { 0 };
        g_autoptr(GError) error = NULL;

        server_init(&server, &link, 20000, SAOY_CIPHER_AES128);
        server.most = most;
        g_assert_null(saoy_ef_fetch(&link, 1 << 17, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_cmpuint(server.commands, <, 700);
    }
}

static void
read_pieces(Server *server, SaoyLink *link)
{
    server->piece = 100;
    server->no_extended = 0x6700;
    assert_reads(server, link);
}

/* GET RESPONSE goes in the open; what it brings is one protected answer. */
static void
test_answers_in_pieces(void)
{
    on_every_size(read_pieces);
}

static void
test_objects_in_every_form(void)
{
    for (unsigned form = OBJECT_SHORTEST; form <= OBJECT_CUT; form++) {
        for (unsigned most = 0; most < 400; most += 150) {
            g_auto(Server) server = { 0 };
            g_auto(SaoyLink) link = { 0 };

            server_init(&server, &link, 80000, SAOY_CIPHER_3DES);
            server.form = (ObjectForm)form;
            server.most = most;
            assert_reads(&server, &link);
        }
    }
}

/* --- what never ends, and what is too large --- */

static void
assert_ends(Server *server, SaoyLink *link)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_ef_fetch(link, 1 << 17, &error));
    g_assert_true(g_error_matches(error, SAOY_ERROR, SAOY_ERROR_MALFORMED));
    g_assert_cmpuint(server->commands, <, 70);
}

static void
test_endless_answers(void)
{
    for (int cipher = -1; cipher < SAOY_CIPHER_N; cipher++) {
        g_auto(Server) more = { 0 }, other = { 0 };
        g_auto(SaoyLink) one = { 0 }, two = { 0 };

        server_init(&more, &one, 500, cipher);
        more.never_ends = true;
        assert_ends(&more, &one);
        server_init(&other, &two, 500, cipher);
        other.never_agrees = true;
        assert_ends(&other, &two);
    }
}

static void
test_two_gigabytes_are_not_awaited(void)
{
    static const uint8_t heads[][8] = { { 0x75, 0x84, 0x80, 0x00, 0x00, 0x00 },
                                        { 0x75, 0x83, 0xff, 0xff, 0xff, 0x00 },
                                        { 0x75, 0x88, 0x7f, 0xff, 0xff, 0xff },
                                        { 0x75, 0x80, 0x00, 0x00, 0x00, 0x00 },
                                        { 0x75, 0xff, 0xff, 0xff, 0xff, 0xff } };

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_auto(Server) server = { 0 };
        g_auto(SaoyLink) link = { 0 };

        server_init(&server, &link, 100, SAOY_CIPHER_AES256);
        g_byte_array_set_size(server.file, 0);
        g_byte_array_append(server.file, heads[i], sizeof heads[i]);
        assert_ends(&server, &link);
        g_assert_cmpuint(server.commands, ==, 1);
    }
}

/* --- SELECT --- */

static void
test_select_in_every_way(void)
{
    static const uint8_t p2[] = { 0x0c, 0x00 };

    for (unsigned i = 0; i < 8; i++) {
        g_auto(Server) server = { 0 };
        g_auto(SaoyLink) link = { 0 };
        uint16_t sw = 0;

        server_init(&server, &link, 10, (int)(i / 4) - 1);
        server.select_p2 = p2[i % 2];
        server.no_le_in_select = i / 2 % 2;
        g_assert_true(saoy_ef_select(&link, 0x0101, &sw, NULL));
        g_assert_cmpuint(sw, ==, SAOY_SW_OK);
        g_assert_true(saoy_master_select(&link, &sw, NULL));
        g_assert_cmpuint(sw, ==, SAOY_SW_OK);
        g_assert_true(saoy_application_select(&link, &sw, NULL));
        g_assert_cmpuint(sw, ==, SAOY_SW_OK);
        g_assert_cmpuint(server.commands, <=, 9);
    }
}

/* --- EF.ATR/INFO --- */

static void
assert_atr_info(const char *hex, SaoyLength length, unsigned answer_max, bool announced)
{
    g_autoptr(GBytes) file = unhex(hex);
    g_auto(SaoyLink) link = { 0 };

    saoy_link_init(&link, (SaoyChannel){ 0 }, NULL);
    saoy_atr_info_take(&link, saoy_view_of(file));
    g_assert_cmpint(link.length, ==, length);
    g_assert_cmpuint(link.answer_max, ==, answer_max);
    g_assert_true(link.announced == announced);
}

static void
test_what_the_card_says_of_itself(void)
{
    assert_atr_info("", SAOY_LENGTH_TRIAL, 65536, false);
    assert_atr_info("4703940140", SAOY_LENGTH_EXTENDED, 65536, false);
    assert_atr_info("4703940180", SAOY_LENGTH_SHORT, 65536, false);
    assert_atr_info("43014047039401C07F660802021000020208047F49", SAOY_LENGTH_EXTENDED,
                    0x0804 - 2, true);
    assert_atr_info("7F66080202100002021002", SAOY_LENGTH_EXTENDED, 4096, true);
    assert_atr_info("47039401807F66080202100002021002", SAOY_LENGTH_SHORT, 65536, false);
    assert_atr_info("7F660702020100020100", SAOY_LENGTH_SHORT, 65536, false);
    assert_atr_info("7F660B02020100020500000000FF", SAOY_LENGTH_TRIAL, 65536, false);
    assert_atr_info("7F6600", SAOY_LENGTH_TRIAL, 65536, false);
    assert_atr_info("7F660B020301000002047FFFFFFF", SAOY_LENGTH_EXTENDED, 65536, true);
    assert_atr_info("FFFFFFFF", SAOY_LENGTH_TRIAL, 65536, false);
}

/* --- the least --- */

static void
count_least(Server *server, SaoyLink *link)
{
    uint16_t sw = 0;

    link->length = SAOY_LENGTH_EXTENDED;
    link->announced = true;
    g_assert_true(saoy_ef_select(link, 0x0101, &sw, NULL));
    g_assert_cmpuint(link->bytes, ==, saoy_ef_least(link, 0));
    assert_reads(server, link);
    g_assert_cmpuint(link->bytes, >=, saoy_ef_least(link, server->file->len));
    /* it asks for all there is and so names two bytes where one might do */
    if (server->file->len < 65000)
        g_assert_cmpuint(link->bytes, <=, saoy_ef_least(link, server->file->len) + 4);
}

static void
test_nobody_reads_for_less(void)
{
    on_every_size(count_least);
}

static void
test_room_is_all_the_room(void)
{
    SaoySm sm = { .cipher = SAOY_CIPHER_AES128 };

    g_assert_cmpuint(saoy_sm_room(&sm, 256), ==, 223);
    sm.cipher = SAOY_CIPHER_3DES;
    g_assert_cmpuint(saoy_sm_room(&sm, 256), ==, 231);
    for (unsigned answer = 32; answer < 70000; answer += answer < 600 ? 1 : 977) {
        unsigned room = saoy_sm_room(&sm, answer);

        g_assert_cmpuint(saoy_sm_object(&sm, room) + SAOY_SM_AROUND, <=, answer);
        g_assert_cmpuint(saoy_sm_object(&sm, room + 1) + SAOY_SM_AROUND, >, answer);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/extended", test_extended_where_it_pays);
    g_test_add_func("/link/announced", test_whole_files_from_who_announces);
    g_test_add_func("/link/refused", test_extended_is_refused);
    g_test_add_func("/link/refused-and-ended", test_the_session_goes_with_it);
    g_test_add_func("/link/le-00", test_only_le_00);
    g_test_add_func("/link/le-exact", test_never_more_than_there_is);
    g_test_add_func("/link/short-answers", test_short_answers_go_on);
    g_test_add_func("/link/crumbs", test_crumbs_do_not);
    g_test_add_func("/link/pieces", test_answers_in_pieces);
    g_test_add_func("/link/object-53", test_objects_in_every_form);
    g_test_add_func("/link/endless", test_endless_answers);
    g_test_add_func("/link/2-gb", test_two_gigabytes_are_not_awaited);
    g_test_add_func("/link/select", test_select_in_every_way);
    g_test_add_func("/link/atr-info", test_what_the_card_says_of_itself);
    g_test_add_func("/link/least", test_nobody_reads_for_less);
    g_test_add_func("/link/room", test_room_is_all_the_room);
    return g_test_run();
}
