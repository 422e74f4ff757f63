/*
 * Does any text give away what the treatment is for?  A phone lies on tables,
 * and its lock screen shows what comes.
 */
#ifndef HF_CONFIG_DISCRETION_H
#define HF_CONFIG_DISCRETION_H

#include "config/model.h"

/* Every message, the site's name, and what a client's meetings and appointments put into messages;
 * the last not where a client asked for open wording.  0 or -ENOMEM. */
int discretion_check(const struct model *model, struct faults *faults);

/* The word that gives the treatment away in a text by hand to this client, and the list it stands
 * in; *ret_word is NULL where there is none, or where she asked for open wording.  0 or -ENOMEM. */
int discretion_text(const struct model *model, const struct client *client, const char *text,
		    const struct word **ret_word, const char **ret_file);

#endif
