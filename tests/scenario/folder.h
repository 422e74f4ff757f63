/* The temporary folder of a scenario: its configuration, and the database where it restarts. */
#ifndef HF_SCENARIO_FOLDER_H
#define HF_SCENARIO_FOLDER_H

#include "setting.h"

/* Makes it; *ret_dir is freed by the caller after folder_remove(). */
int folder_make(char **ret_dir);
void folder_remove(const char *dir);

/* Writes the configuration anew, with messages, staff, gateway and plan of `example`. */
int folder_write(const struct setting *setting, const char *example, const char *dir);

#endif
