#pragma once

/* saoy card trust: what the CSCA store holds, and how a master list gets into it. */
int saoy_card_cmd_trust(int argc, char **argv);
