/*
 * "1 good, 2 so-so, 3 rough": what a text offers as answers, held against the tables that read them.
 */
#ifndef HF_CONFIG_OFFERS_H
#define HF_CONFIG_OFFERS_H

#include "config/model.h"

/* The replies of all tables of a snapshot, as they are compared; good as long as the snapshot. */
struct offers;

int offers_new(const struct model *model, struct offers **ret_offers);
struct offers *offers_free(struct offers *offers);
DEFINE_CLEANUP(struct offers *, offers_free);

/* What a table does not take as the text says it. */
#define OFFER_MAX 48
struct offer {
	char words[OFFER_MAX]; /* "3 rough"; "" for nothing */
	bool missing;          /* the table has no such reply; else it is that of another answer */
};

/* The first such offer.  strict: the words beside a number must be replies of its answer, here or in
 * another table; else they may be words that no table knows.  0 or -ENOMEM. */
int offers_judge(const struct offers *offers, const struct answer_table *table, const char *text,
		 bool strict, struct offer *ret_offer);

#endif
