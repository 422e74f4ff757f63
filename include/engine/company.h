/*
 * Reminders that go along in the text of another: those that are ready when it
 * leaves, and those that would be within the same quarter of an hour.
 */
#ifndef HF_ENGINE_COMPANY_H
#define HF_ENGINE_COMPANY_H

#include "store/outbox.h"
#include "engine/compose.h"
#include "engine/planner.h"

#define COMPANY_WITHIN (15 * HF_MINUTE)

struct lines;

/* What is planned for a client in [from, until): planner_ahead() of whoever plans. */
typedef int (*company_ahead)(void *userdata, const struct client *client, hf_time from,
			     hf_time until, planner_on_row on_row, void *row_userdata);

struct company {
	struct db *db;
	const struct model *model;
	struct lines *lines;
	company_ahead ahead; /* NULL: nobody plans */
	void *userdata;
};

/* Joins what may go along to the words of `row`, which is about to be claimed: each ends as
 * "in one text with", and the carrier expires when the first of them does.  Inside the caller's
 * transaction.  0 or -errno. */
int company_join(const struct company *company, struct outbox_message *row,
		 const struct client *client, struct composed *composed, hf_time now);

#endif
