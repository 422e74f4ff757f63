/* The gateway's moods, by the words of a scenario. */
#include "gateway.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *words;
	enum gateway_mood mood;
} moods[] = {
	{ "accepts", GATEWAY_ACCEPTS },
	{ "says 429 retry", GATEWAY_BUSY },
	{ "loses the answer", GATEWAY_LOSES },
	{ "refuses number", GATEWAY_REFUSES },
	{ "refuses landline", GATEWAY_REFUSES_LANDLINE },
	{ "refuses sender", GATEWAY_REFUSES_SENDER },
	{ "refuses account", GATEWAY_REFUSES_ACCOUNT },
	{ "refuses code 21703", GATEWAY_REFUSES_CODE },
	{ "says opted out", GATEWAY_OPTED },
	{ "cannot be reached", GATEWAY_FAILS },
	{ "hangs", GATEWAY_HANGS },
};

static bool begins_with(char *const *words, const char *sentence, size_t *ret_count)
{
	size_t count = 0;

	for (; *sentence; count++) {
		size_t length = strcspn(sentence, " ");

		if (!words[count] || strlen(words[count]) != length ||
		    strncmp(words[count], sentence, length) != 0) {
			return false;
		}
		sentence += length + strspn(sentence + length, " ");
	}

	*ret_count = count;
	return true;
}

static int complain(char why[GATEWAY_WHY_MAX], const char *words)
{
	(void)snprintf(why, GATEWAY_WHY_MAX, "%s", words);
	return 1;
}

static int set_mood(struct world *world, char *const *words, char why[GATEWAY_WHY_MAX])
{
	size_t count;

	for (size_t i = 0; i < COUNT(moods); i++) {
		if (begins_with(words, moods[i].words, &count)) {
			world->mood = moods[i].mood;
			bool only = words[count] && strcmp(words[count], "to") == 0;

			world->retry_after = words[count] && !only
						     ? strtol(words[count], NULL, 10) * HF_SECOND
						     : 0;
			(void)snprintf(world->only, sizeof(world->only), "%s",
				       only && words[count + 1] ? words[count + 1] : "");
			return 0;
		}
	}
	return complain(why, "the gateway cannot do that");
}

/* What a courier says when it comes cannot change later. */
static int set_ability(struct world *world, bool *ability, char why[GATEWAY_WHY_MAX])
{
	*ability = true;
	return world->engine ? complain(why, "too late; say so before the first time") : 0;
}

int gateway_act(struct world *world, char *const *words, char why[GATEWAY_WHY_MAX])
{
	size_t count;

	if (begins_with(words, "idempotent", &count)) {
		return set_ability(world, &world->idempotent, why);
	}
	if (begins_with(words, "answers STOP", &count)) {
		return set_ability(world, &world->handles_stop, why);
	}
	if (begins_with(words, "up", &count)) {
		return world_gateway_up(world);
	}
	if (begins_with(words, "down", &count)) {
		return world_gateway_down(world);
	}
	return set_mood(world, words, why);
}
