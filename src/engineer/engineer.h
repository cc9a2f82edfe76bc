#pragma once
#include "cli/cli.h"

int saoy_cmd_card(int argc, char **argv);
int saoy_cmd_face(int argc, char **argv);
int saoy_cmd_scan(int argc, char **argv);
int saoy_cmd_page(int argc, char **argv);
int saoy_cmd_read(int argc, char **argv);
int saoy_cmd_issue(int argc, char **argv);
int saoy_cmd_seal(int argc, char **argv);
int saoy_cmd_doctor(int argc, char **argv);
int saoy_cmd_journal(int argc, char **argv);
int saoy_cmd_bench(int argc, char **argv);
