/* Every key that may stand in a configuration, from the table that reads it. */
#ifndef HF_CTL_KEYS_H
#define HF_CTL_KEYS_H

/* One line each, between tabs: section, key, what it holds, "required" or the default, what for. */
void keys_print(void);

#endif
