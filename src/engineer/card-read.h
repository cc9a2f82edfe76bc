#pragma once

/* saoy card read: argv[0] is what --help calls it. */
int saoy_card_cmd_read(int argc, char **argv);
