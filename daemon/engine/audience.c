/*
 * The ways by which a message gets to a client.
 */
#include "engine/audience.h"

#include <string.h>

/* "name" or "name|alternative". */
static bool offers(const char *choice, const char *message)
{
	const char *bar = strchr(choice, '|');
	size_t length = bar ? (size_t)(bar - choice) : strlen(choice);

	return (strncmp(choice, message, length) == 0 && message[length] == '\0') ||
	       (bar && strcmp(bar + 1, message) == 0);
}

static bool reminds(const struct reminder *reminders, size_t count, const char *message)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < reminders[i].messages.count; j++) {
			if (offers(reminders[i].messages.list[j], message)) {
				return true;
			}
		}
	}
	return false;
}

static bool answers(const struct answer_table *table, const char *message)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->answers[i].message && strcmp(table->answers[i].message, message) == 0) {
			return true;
		}
	}
	return false;
}

static bool plan_has(const struct plan *plan, const char *message)
{
	for (size_t i = 0; i < plan->table_count; i++) {
		if (answers(&plan->tables[i], message)) {
			return true;
		}
	}
	return reminds(plan->reminders, plan->reminder_count, message);
}

bool audience_has(const struct client *client, const char *message)
{
	for (size_t i = 0; message_always[i]; i++) {
		if (strcmp(message_always[i], message) == 0) {
			return true;
		}
	}
	return (client->plan && plan_has(client->plan, message)) ||
	       reminds(client->reminders, client->reminder_count, message);
}

/* Does a lead reach the day before? */
static bool is_ahead(const struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->leads.count; i++) {
		const struct span *lead = &meeting->leads.list[i];

		if (lead->days > 0 || lead->elapsed > meeting->minute * HF_MINUTE) {
			return true;
		}
	}
	return false;
}

bool audience_of_meeting(const struct meeting *meeting, const char *message)
{
	size_t length = strlen(meeting->message);

	return strncmp(meeting->message, message, length) == 0 &&
	       (message[length] == '\0' ||
		(strcmp(message + length, "_ahead") == 0 && is_ahead(meeting)));
}

bool audience_of_appointment(const struct appointment *appointment, const char *message)
{
	return strcmp(appointment->message, message) == 0;
}
