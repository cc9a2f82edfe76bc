#pragma once

/* saoy card persona: argv[0] is what --help calls it. */
int saoy_card_cmd_persona(int argc, char **argv);
