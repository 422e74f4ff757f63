/*
 * How much danger the words of a text tell of.  A list of phrases finds what somebody thought of
 * when it was written; this finds what nobody did, by the company that words keep.
 *
 * Words that may tell of danger stand in groups (`danger_words` of words/LANG.conf: parts of the
 * body, colours, dying, wishing, pills, ...).  A sign (`danger_signs`) is one group, or several
 * whose words follow each other with few others between; each sign that a text shows adds its
 * points, once, and some take away.  With `emergency` points (holdfast.conf, danger) somebody is in
 * danger; with `worry` points a human is told at once, and decides.
 *
 * That finds what is said in words that somebody has put into a group.  What is said in others is
 * found by all words of the text together: `danger_weights` has what each is worth, and some that
 * follow each other, less than nothing for those of everyday life, and whole topics (farewell,
 * dying, food, work, ...), which count once; `danger_pairs` what two topics add in one text.  Their
 * sum is divided by the root of the number of words, so that a long text needs more of them.  The
 * weights are learnt from replies of which is known what they tell (contrib/danger/learn); the words
 * of the topics are written by hand.  Words are compared as they sound: "kiero" is "quiero".
 *
 * Setbacks are found in the same way, by `setback_weights`, which have no signs.
 *
 * Pure.  The words of all languages count together, for people mix them.  `danger_idioms` ("this
 * traffic is killing me") hide the words of groups that stand in them, and those of `crisis`; what
 * an idiom itself weighs counts.
 */
#ifndef HF_ENGINE_DANGER_H
#define HF_ENGINE_DANGER_H

#include "config/model.h"

/* normal: normal_text().  *ret_signs: the points of the signs alone, less than 0 where more of them speak
 * against danger.  *ret_points less than 0: the words speak against any danger.  ret_why
 * (NULL: not wanted) gets each sign, topic and word with its points and the words that show it,
 * "wish die 8 (wanna die), words 31 (62 in 4 words): dying 40 (die), wanna 22 (wanna)"; "" for none.
 * Dangerous: it holds the client's words.  Allocated.  0 or -ENOMEM. */
int danger_weigh(const struct model *model, const char *normal, int *ret_signs, int *ret_points,
		 char **ret_why);

/* How much the words of a text tell of a setback, by `setback_weights`: these are learnt and weighed as
 * those of danger are, without signs.  ret_why as above, "words 24 (48 in 4 words): drank 20
 * (drank), ...".  0 or -ENOMEM. */
int danger_weigh_setback(const struct model *model, const char *normal, int *ret_points,
			 char **ret_why);

/* A copy of the normal text in which nothing is left of its idioms.  Allocated.  0 or -ENOMEM. */
int danger_without_idioms(const struct model *model, const char *normal, char **ret_text);

#endif
