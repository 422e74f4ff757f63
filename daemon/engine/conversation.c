/*
 * A conversation is an instant in what is known of a client: until then it runs.
 * A text that it holds back is looked at again at that instant (engine/permit).
 */
#include "engine/conversation.h"

#include "store/outbox.h"
#include "store/people.h"

hf_time conversation_until(const struct model *model, hf_time now)
{
	return now + span_length(&model->texting.conversation);
}

int conversation_begin(struct db *db, const struct model *model, const char *client, hf_time now,
		       hf_time *ret_until)
{
	struct situation situation;
	int r = situation_get(db, client, &situation);

	if (r != 0) {
		return r;
	}

	situation.talking = conversation_until(model, now);
	r = situation_set(db, client, &situation);
	if (r == 0) {
		*ret_until = situation.talking;
	}
	return r;
}

int conversation_end(struct db *db, const char *client, hf_time now)
{
	struct situation situation;
	int r = situation_get(db, client, &situation);

	if (r != 0) {
		return r;
	}
	if (situation.talking <= now) {
		return CONVERSATION_E_NONE;
	}

	situation.talking = 0;
	r = situation_set(db, client, &situation);
	return r ? r : outbox_wake(db, client, now);
}
