/*
 * Pause, resume, stop, setback and consent: staff hold a client's texts back and
 * let them go.
 * Each takes {"why": W} and is recorded with who asked, in one transaction.
 */
#ifndef HF_STAFF_HALT_H
#define HF_STAFF_HALT_H

#include "staff/reply.h"

/* Routes: 0 with the reply filled, or -errno.  The answer is how the client stands after it. */

/* Also "until", the last day where the client is; without it until somebody resumes.  A pause takes
 * the place of the one before. */
int halt_pause(const struct api_host *host, const struct request *request, struct reply *reply);
/* Ends a pause made by command.  409 where there is none: one in the configuration is ended there.
 */
int halt_resume(const struct api_host *host, const struct request *request, struct reply *reply);
/* Consent is withdrawn and what is unsent cancelled, until consent is given anew.  No text is sent.
 */
int halt_stop(const struct api_host *host, const struct request *request, struct reply *reply);

/* What engine/setback does, by the word of staff. */
int halt_setback(const struct api_host *host, const struct request *request, struct reply *reply);
/* An entry in the ledger: {"given": true, "how": "paper"}, from here on texts go out again; or
 * {"withdrawn": true, "source": "voicemail"}, she said so by another way than a text. */
int halt_consent(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
