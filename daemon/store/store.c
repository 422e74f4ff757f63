/*
 * The tables, as numbered migrations.
 *
 * A migration that has been released is never edited: databases out there have
 * already run it.  Numbers stored for states and kinds are those of the
 * enums, which therefore only grow at their end.  History, the
 * consent ledger, pauses and the audit refuse to be rewritten by a trigger; inserting,
 * the only thing done to them often, costs no more for it.
 */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define STORE_FILE "holdfast.db"

static const char *const migrations[] = {
	"CREATE TABLE meta ("
	"  name TEXT PRIMARY KEY,"
	"  number INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE outbox ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  client TEXT NOT NULL,"
	"  kind INTEGER NOT NULL,"
	"  reminder TEXT NOT NULL,"
	"  lead TEXT NOT NULL,"
	"  occurrence INTEGER NOT NULL,"
	"  due INTEGER NOT NULL,"
	"  expires INTEGER NOT NULL,"
	"  ordinal INTEGER NOT NULL,"
	"  priority INTEGER NOT NULL CHECK (priority IN (0, 1)),"
	"  message TEXT,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 10),"
	"  next_try INTEGER NOT NULL,"
	"  attempts INTEGER NOT NULL DEFAULT 0,"
	"  key TEXT NOT NULL,"
	"  text TEXT,"
	"  segments INTEGER NOT NULL DEFAULT 0,"
	"  gateway TEXT,"
	"  gateway_id TEXT,"
	"  reason TEXT,"
	"  claimed INTEGER NOT NULL DEFAULT 0,"
	"  pinned INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE (client, reminder, lead, occurrence)"
	") STRICT;"
	/* Small whatever the table grows to: only what waits, and only what is in the air. */
	"CREATE INDEX outbox_ready ON outbox (priority, next_try, id) WHERE state IN (0, 1);"
	"CREATE INDEX outbox_open ON outbox (state, id) WHERE state IN (2, 3);"
	"CREATE INDEX outbox_waiting ON outbox (client, reminder, due) WHERE state IN (0, 1);"
	"CREATE INDEX outbox_by_client ON outbox (client, claimed) WHERE claimed > 0;"
	"CREATE INDEX outbox_by_claim ON outbox (claimed) WHERE claimed > 0;"
	"CREATE INDEX outbox_welcomes ON outbox (client) WHERE kind = 0;"

	"CREATE TABLE history ("
	"  message INTEGER NOT NULL,"
	"  step INTEGER NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  state TEXT NOT NULL,"
	"  detail TEXT,"
	"  PRIMARY KEY (message, step)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER history_is_kept BEFORE UPDATE ON history"
	"  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;"

	"CREATE TABLE consent ("
	"  id INTEGER PRIMARY KEY,"
	"  client TEXT NOT NULL,"
	"  phone TEXT NOT NULL,"
	"  consent INTEGER NOT NULL CHECK (consent IN (1, 2)),"
	"  at INTEGER NOT NULL,"
	"  source TEXT NOT NULL,"
	"  by TEXT NOT NULL,"
	"  recorded INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX consent_by_client ON consent (client, at);"
	"CREATE UNIQUE INDEX consent_of_config ON consent (client, at) WHERE source = 'config';"
	"CREATE TRIGGER consent_is_kept BEFORE UPDATE ON consent"
	"  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"
	"CREATE TRIGGER consent_stays BEFORE DELETE ON consent"
	"  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"

	/* What the ledger comes to for each client, so that a permit costs one look. */
	"CREATE TABLE people ("
	"  client TEXT PRIMARY KEY,"
	"  consent INTEGER NOT NULL DEFAULT 0,"
	"  consent_at INTEGER NOT NULL DEFAULT 0,"
	"  by_staff INTEGER NOT NULL DEFAULT 0,"
	"  welcomed INTEGER NOT NULL DEFAULT 0"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE pauses ("
	"  id INTEGER PRIMARY KEY,"
	"  client TEXT NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  last_day INTEGER,"
	"  by TEXT NOT NULL,"
	"  why TEXT NOT NULL,"
	"  ended INTEGER"
	") STRICT;"
	"CREATE UNIQUE INDEX pauses_open ON pauses (client) WHERE ended IS NULL;"
	"CREATE TRIGGER pauses_are_kept BEFORE UPDATE ON pauses"
	"  WHEN old.ended IS NOT NULL OR old.client <> new.client OR old.at <> new.at"
	"  OR old.last_day IS NOT new.last_day OR old.by <> new.by OR old.why <> new.why"
	"  BEGIN SELECT RAISE(ABORT, 'a pause is only ever ended'); END;"
	"CREATE TRIGGER pauses_stay BEFORE DELETE ON pauses"
	"  BEGIN SELECT RAISE(ABORT, 'pauses are kept'); END;"

	"CREATE TABLE audit ("
	"  id INTEGER PRIMARY KEY,"
	"  at INTEGER NOT NULL,"
	"  uid INTEGER NOT NULL,"
	"  user TEXT NOT NULL,"
	"  verb TEXT NOT NULL,"
	"  client TEXT NOT NULL,"
	"  detail TEXT NOT NULL,"
	"  why TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX audit_by_client ON audit (client, id);"
	"CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit"
	"  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;"
	"CREATE TRIGGER audit_stays BEFORE DELETE ON audit"
	"  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;",

	/* What comes back: texts, answers, cases. */
	"CREATE TABLE inbox ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  gateway TEXT NOT NULL,"
	"  gateway_id TEXT NOT NULL,"
	"  sender TEXT NOT NULL,"
	"  recipient TEXT NOT NULL,"
	"  text TEXT NOT NULL,"
	"  said INTEGER NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  handle TEXT,"
	"  kind INTEGER NOT NULL DEFAULT 0,"
	"  read INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE UNIQUE INDEX inbox_by_id ON inbox (gateway, gateway_id) WHERE gateway_id <> '';"
	"CREATE INDEX inbox_by_sender ON inbox (sender, at);"
	"CREATE INDEX inbox_by_handle ON inbox (handle, id);"

	"CREATE TABLE inbox_parts ("
	"  gateway TEXT NOT NULL,"
	"  sender TEXT NOT NULL,"
	"  parts_of TEXT NOT NULL,"
	"  part INTEGER NOT NULL,"
	"  parts INTEGER NOT NULL,"
	"  gateway_id TEXT NOT NULL,"
	"  recipient TEXT NOT NULL,"
	"  text TEXT NOT NULL,"
	"  said INTEGER NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  PRIMARY KEY (gateway, sender, parts_of, part)"
	") STRICT, WITHOUT ROWID;"

	/* A gateway's name for a text may differ in case and leading zeros between its answer and
	 * its receipts.  message: the text it is about; null while none is known. */
	"CREATE TABLE receipts ("
	"  id INTEGER PRIMARY KEY,"
	"  gateway TEXT NOT NULL,"
	"  gateway_id TEXT NOT NULL,"
	"  key TEXT NOT NULL,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),"
	"  fault INTEGER NOT NULL,"
	"  reason TEXT NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  received INTEGER NOT NULL,"
	"  message INTEGER"
	") STRICT;"
	"CREATE UNIQUE INDEX receipts_once"
	"  ON receipts (gateway, gateway_id, key, state, fault, coalesce(message, 0));"
	"CREATE INDEX receipts_orphans ON receipts (gateway, lower(ltrim(gateway_id, '0')))"
	"  WHERE message IS NULL;"
	"CREATE INDEX receipts_by_age ON receipts (received);"
	"CREATE INDEX outbox_by_gateway_id ON outbox (gateway, lower(ltrim(gateway_id, '0')))"
	"  WHERE gateway_id <> '';"
	"CREATE INDEX outbox_by_key ON outbox (key) WHERE claimed > 0;"

	"CREATE TABLE checkins ("
	"  message INTEGER PRIMARY KEY,"
	"  client TEXT NOT NULL,"
	"  reminder TEXT NOT NULL,"
	"  answers TEXT NOT NULL,"
	"  asked INTEGER NOT NULL,"
	"  nudge_at INTEGER NOT NULL,"
	"  silent_at INTEGER NOT NULL,"
	"  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 5),"
	"  first INTEGER NOT NULL DEFAULT -1,"
	"  current INTEGER NOT NULL DEFAULT -1,"
	"  answered INTEGER NOT NULL DEFAULT 0,"
	"  unclear INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX checkins_by_client ON checkins (client, asked);"
	"CREATE INDEX checkins_open ON checkins"
	"  (min(iif(state = 0, nudge_at, 9223372036854775807), silent_at))"
	"  WHERE state IN (0, 1);"

	"CREATE TABLE cases ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  client TEXT NOT NULL,"
	"  reason INTEGER NOT NULL,"
	"  urgency INTEGER NOT NULL CHECK (urgency IN (0, 1)),"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),"
	"  opened INTEGER NOT NULL,"
	"  acknowledged INTEGER NOT NULL DEFAULT 0,"
	"  acknowledged_by TEXT,"
	"  closed INTEGER NOT NULL DEFAULT 0,"
	"  closed_by TEXT,"
	"  outcome TEXT,"
	"  times INTEGER NOT NULL DEFAULT 1,"
	"  last INTEGER NOT NULL,"
	"  alert_step INTEGER NOT NULL DEFAULT 0,"
	"  alert_at INTEGER NOT NULL,"
	"  attempts INTEGER NOT NULL DEFAULT 0,"
	"  told INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE UNIQUE INDEX cases_one ON cases (client, reason) WHERE state < 2;"
	"CREATE INDEX cases_alert ON cases (alert_at) WHERE state = 0;"
	"CREATE INDEX cases_untold ON cases (opened)"
	"  WHERE state = 0 AND urgency = 0 AND told = 0;"

	"CREATE TABLE case_events ("
	"  case_id INTEGER NOT NULL,"
	"  step INTEGER NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  event TEXT NOT NULL,"
	"  by TEXT,"
	"  note TEXT,"
	"  PRIMARY KEY (case_id, step)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER case_events_are_kept BEFORE UPDATE ON case_events"
	"  BEGIN SELECT RAISE(ABORT, 'the life of a case is append-only'); END;"

	"CREATE TABLE situation ("
	"  handle TEXT PRIMARY KEY,"
	"  setback INTEGER NOT NULL,"
	"  suspended INTEGER NOT NULL,"
	"  phone TEXT NOT NULL,"
	"  failures INTEGER NOT NULL,"
	"  talking INTEGER NOT NULL,"
	"  told_hours INTEGER NOT NULL,"
	"  told_help INTEGER NOT NULL,"
	"  asked_clearly INTEGER NOT NULL,"
	"  answered INTEGER NOT NULL,"
	"  answers INTEGER NOT NULL,"
	"  last_setback INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX situation_setbacks ON situation (handle) WHERE last_setback > 0;"
	"CREATE TABLE strangers ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  number TEXT NOT NULL UNIQUE,"
	"  since INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE numbers ("
	"  id INTEGER PRIMARY KEY,"
	"  client TEXT NOT NULL,"
	"  phone TEXT NOT NULL,"
	"  since INTEGER NOT NULL,"
	"  until INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX numbers_by_client ON numbers (client, until);"
	"CREATE INDEX numbers_by_phone ON numbers (phone, until);",

	/* What a gateway brought that no rule of its preset fits. */
	"CREATE TABLE webhooks ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  gateway TEXT NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  why TEXT NOT NULL,"
	"  content TEXT NOT NULL"
	") STRICT;",

	/* What was not sent, for status. */
	"CREATE INDEX outbox_expired ON outbox (due) WHERE state = 9;",

	/* Of a text in parts, too, whichever of them it is that no program can read. */
	"ALTER TABLE inbox ADD COLUMN undecoded INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE inbox_parts ADD COLUMN undecoded INTEGER NOT NULL DEFAULT 0;",

	/* How often a gateway has refused it, and nobody knows why, since it last took a text; -1: it has
	 * taken one since. */
	"ALTER TABLE outbox ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX outbox_refused ON outbox (gateway) WHERE refused > 0;"
	"CREATE INDEX outbox_failed ON outbox (due) WHERE state = 8;",

	/* Who of the staff wrote it, and whether there is a case because it did not go out. */
	"ALTER TABLE outbox ADD COLUMN author TEXT;"
	"ALTER TABLE outbox ADD COLUMN author_told INTEGER NOT NULL DEFAULT 0;",

	/* An acknowledged case has a time, too, and who was told of which when is asked often. */
	"ALTER TABLE cases ADD COLUMN alert_since INTEGER NOT NULL DEFAULT 0;"
	"DROP INDEX cases_alert;"
	"CREATE INDEX cases_alert ON cases (alert_at) WHERE state < 2;"
	"CREATE INDEX case_alerts ON case_events (note, at) WHERE event = 'alerted';",

	/* Asked by the text about a meeting or an appointment, and nobody waits for the answer. */
	"ALTER TABLE checkins ADD COLUMN beside INTEGER NOT NULL DEFAULT 0;",

	/* Known from the witness alone: the database was put back. */
	"ALTER TABLE outbox ADD COLUMN recalled INTEGER NOT NULL DEFAULT 0;",

	/* There is a case because nobody knows whether it has gone out. */
	"ALTER TABLE outbox ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;",
};

int store_open(const char *state_dir, struct db **ret_db)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/" STORE_FILE, state_dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}

	return db_open(path, STORE_APPLICATION_ID, migrations, COUNT(migrations), ret_db);
}

bool store_is_there(const char *state_dir)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/" STORE_FILE, state_dir) < 0) {
		path = NULL;
		return true;
	}
	return access(path, F_OK) == 0;
}

int store_open_memory(struct db **ret_db)
{
	return db_open_memory(migrations, COUNT(migrations), ret_db);
}

/* --- single numbers ---------------------------------------------------------- */

static int get(struct db *db, const char *name, int64_t fallback, int64_t *ret_number)
{
	return db_one_int(db, fallback, ret_number, "SELECT number FROM meta WHERE name = ?1", "t",
			  name);
}

static int set(struct db *db, const char *name, int64_t number)
{
	return db_run(db,
		      "INSERT INTO meta (name, number) VALUES (?1, ?2)"
		      " ON CONFLICT (name) DO UPDATE SET number = excluded.number",
		      "ti", name, number);
}

/* Two numbers that belong together: nobody ever sees one of them alone. */
static int set_both(struct db *db, const char *first, int64_t one, const char *second, int64_t two)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = set(db, first, one);
	r = r ? r : set(db, second, two);
	return db_end(db, r);
}

int store_cursor(struct db *db, hf_time fallback, hf_time *ret_cursor)
{
	return get(db, "cursor", fallback, ret_cursor);
}

int store_set_cursor(struct db *db, hf_time cursor)
{
	return set(db, "cursor", cursor);
}

int store_hold(struct db *db, int64_t *ret_why, hf_time *ret_since)
{
	int r = get(db, "hold_why", 0, ret_why);

	return r ? r : get(db, "hold_since", 0, ret_since);
}

int store_set_hold(struct db *db, int64_t why, hf_time since)
{
	return set_both(db, "hold_why", why, "hold_since", since);
}

int store_clock(struct db *db, int64_t *ret_boot, hf_time *ret_offset)
{
	int r = get(db, "clock_boot", 0, ret_boot);

	return r ? r : get(db, "clock_offset", 0, ret_offset);
}

int store_set_clock(struct db *db, int64_t boot, hf_time offset)
{
	return set_both(db, "clock_boot", boot, "clock_offset", offset);
}

int store_behind(struct db *db, hf_time *ret_since, hf_time *ret_until)
{
	int r = get(db, "behind_since", 0, ret_since);

	return r ? r : get(db, "behind_until", 0, ret_until);
}

int store_set_behind(struct db *db, hf_time since, hf_time until)
{
	return set_both(db, "behind_since", since, "behind_until", until);
}

int store_outage(struct db *db, hf_time *ret_from, hf_time *ret_until)
{
	int r = get(db, "outage_from", 0, ret_from);

	return r ? r : get(db, "outage_until", 0, ret_until);
}

int store_set_outage(struct db *db, hf_time from, hf_time until)
{
	return set_both(db, "outage_from", from, "outage_until", until);
}

int store_identity(struct db *db, int64_t *ret_store)
{
	int r = db_run(db,
		       "INSERT INTO meta (name, number)"
		       " VALUES ('store', 1 + abs(random() % 4611686018427387904))"
		       " ON CONFLICT (name) DO NOTHING",
		       "");

	return r ? r : get(db, "store", 0, ret_store);
}

int store_former(struct db *db, int64_t *ret_store)
{
	return get(db, "former_store", 0, ret_store);
}

int store_set_former(struct db *db, int64_t store)
{
	return set(db, "former_store", store);
}

int store_batch(struct db *db, int64_t *ret_batch)
{
	return get(db, "batch", 0, ret_batch);
}

int store_set_batch(struct db *db, int64_t batch)
{
	return set(db, "batch", batch);
}

static const char *const sequences[] = { "outbox", "inbox", "cases" };

int store_extent(struct db *db, int64_t ret_extent[STORE_EXTENT])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows,
			 "SELECT ifnull((SELECT number FROM meta WHERE name = 'batch'), 0),"
			 " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0),"
			 " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'inbox'), 0),"
			 " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'cases'), 0),"
			 " ifnull((SELECT max(id) FROM audit), 0),"
			 " ifnull((SELECT max(id) FROM consent), 0)",
			 "");

	r = r ? r : db_first(&rows, -EINVAL);
	for (int i = 0; r == 0 && i < STORE_EXTENT; i++) {
		ret_extent[i] = db_int(&rows, i);
	}
	return r;
}

int store_go_on_after(struct db *db, const int64_t extent[STORE_EXTENT])
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_run(db,
		   "INSERT INTO meta (name, number) VALUES ('batch', ?1)"
		   " ON CONFLICT (name) DO UPDATE SET number = max(number, excluded.number)",
		   "i", extent[0]);
	for (size_t i = 0; r == 0 && i < COUNT(sequences); i++) {
		/* A sequence that was never used has no row. */
		r = db_run(db,
			   "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, 0"
			   " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)",
			   "t", sequences[i]);
		r = r ? r
		      : db_run(db, "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1",
			       "ti", sequences[i], extent[1 + i]);
	}
	return db_end(db, r);
}

int store_outage_told(struct db *db, hf_time *ret_until)
{
	return get(db, "outage_told", 0, ret_until);
}

int store_set_outage_told(struct db *db, hf_time until)
{
	return set(db, "outage_told", until);
}

int store_digest(struct db *db, hf_time *ret_at)
{
	return get(db, "digest", 0, ret_at);
}

int store_set_digest(struct db *db, hf_time at)
{
	return set(db, "digest", at);
}

int store_purged(struct db *db, hf_time *ret_at)
{
	return get(db, "purged", 0, ret_at);
}

int store_set_purged(struct db *db, hf_time at)
{
	return set(db, "purged", at);
}

int store_ceiling_told(struct db *db, bool *ret_told)
{
	int64_t told = 0;
	int r = get(db, "ceiling_told", 0, &told);

	*ret_told = told != 0;
	return r;
}

int store_set_ceiling_told(struct db *db, bool told)
{
	return set(db, "ceiling_told", told);
}
