/*
 * Who may get which message, and about what.
 */
#ifndef HF_ENGINE_AUDIENCE_H
#define HF_ENGINE_AUDIENCE_H

#include "config/model.h"

/* Does her plan, a reminder of her own or Holdfast itself send her that message? */
bool audience_has(const struct client *client, const char *message);
/* Is that the message of the meeting, or NAME_ahead where a lead reaches the day before; of the
 * appointment? */
bool audience_of_meeting(const struct meeting *meeting, const char *message);
bool audience_of_appointment(const struct appointment *appointment, const char *message);

#endif
