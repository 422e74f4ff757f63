# Every test, each writing TAP; tests/tally counts them all and ends with one line.

# The second build: clang, sanitisers and what the fuzzers need, in the same objects.
SANITISED := BUILD=$(BUILD)/sanitised CC=clang OPTIMISE="-O1 -g" HARDENING= \
	LINK_HARDENING="-fsanitize=address,undefined" EXTRA_CFLAGS="-Werror -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined"
SCENARIOS := $(sort $(wildcard tests/scenario/*.scenario))
SYSTEM	  := $(sort $(wildcard tests/system/test_*.py))
FUZZERS	  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 600
LINTS	  := format floors foreign names private
CHECKS	  := lint analyse build sanitised unit unit-sanitised scenario system fuzz-short
CHECK_LOG := $(BUILD)/check

.PHONY: check check-all lint unit unit-build unit-sanitised scenario system sanitised sanitised-build fuzz fuzz-short

check: deps
	@$(MAKE) --no-print-directory check-all

# One part failing does not keep the others from running: tally decides.
check-all:
	@rm -rf $(CHECK_LOG) && mkdir -p $(CHECK_LOG)
	@sh tests/tally $(CHECK_LOG) "$(MAKE) --no-print-directory" $(CHECKS)

# What takes longer: many clients and zones against the second calculation, many random webhooks, and each fuzzer for a minute.
.PHONY: check-long long
check-long: deps
	@rm -rf $(CHECK_LOG) && mkdir -p $(CHECK_LOG)
	@sh tests/tally $(CHECK_LOG) "$(MAKE) --no-print-directory" $(CHECKS) long
long: all sanitised-build
	@CLIENTS=2000 SEED=$$(date +%j) BUILD=$(abspath $(BUILD)) /usr/bin/python3 tests/system/test_calendar.py
	@WEBHOOKS=50000 BUILD=$(abspath $(BUILD)) /usr/bin/python3 tests/system/test_random_webhooks.py
	@sh tests/fuzz/run $(BUILD)/sanitised/tests/fuzz 60 $(FUZZERS)

# Do the tests notice small changes of the code?  Takes an hour or two.
.PHONY: mutants
SEED ?= 1
mutants: deps
	@tests/mutate --seed $(SEED) --count 300 $(BUILD) daemon/engine daemon/store; c=$$?; \
		tests/mutate --seed $(SEED) --count 100 --sql $(BUILD) daemon/store && exit $$c

lint:
	@status=0; for lint in $(LINTS); do sh tests/lint/run $$lint || status=1; done; exit $$status

include tests/analyse.mk

.PHONY: build
build:
	@$(MAKE) --no-print-directory -j2 EXTRA_CFLAGS=-Werror all unit-build $(BUILD)/tests/scenario/player
	@echo "ok - gcc builds all with -Werror"
sanitised: sanitised-build
	@echo "ok - clang builds all with -Werror"
sanitised-build:
	@$(MAKE) --no-print-directory -j2 $(SANITISED) all unit-build fuzzers

unit-build: $(UNIT)
unit: unit-build
	@sh tests/unit/run $(UNIT)
unit-sanitised: sanitised-build
	@LABEL="sanitised " sh tests/unit/run $(BUILD)/sanitised/tests/unit/unit

# Each twice: what is true of holdfastd is true of one that is started anew all the time.
scenario: $(BUILD)/tests/scenario/player
	@$< $(SCENARIOS); status=$$?; $< --restarts $(SCENARIOS) && exit $$status

system: all
	@status=0; for test in $(SYSTEM); do BUILD=$(abspath $(BUILD)) /usr/bin/python3 $$test || status=1; done; exit $$status

.PHONY: fuzzers
fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz/%)
.SECONDARY: $(FUZZERS:%=$(BUILD)/tests/fuzz/%.o)
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(OBJECTS) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK) -fsanitize=fuzzer

fuzz: sanitised-build
	@sh tests/fuzz/run $(BUILD)/sanitised/tests/fuzz $(FUZZ_SECONDS) $(FUZZERS)
fuzz-short: sanitised-build
	@sh tests/fuzz/run $(BUILD)/sanitised/tests/fuzz 8 $(FUZZERS)

# --- measuring ---------------------------------------------------------------
.PHONY: bench bench-run
bench: deps
	@$(MAKE) --no-print-directory bench-run
$(BUILD)/tests/bench/bare: tests/bench/bare.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CSTD) -O2 -o $@ $< $(call PKG,--cflags) $(LIBS)
$(BUILD)/tests/bench/reload: $(BUILD)/tests/bench/reload.o $(OBJECTS) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK)
bench-run: all $(BUILD)/tests/bench/bare $(BUILD)/tests/bench/reload
	@BUILD=$(abspath $(BUILD)) /usr/bin/python3 tests/bench/bench.py

# --- showing -------------------------------------------------------------------
.PHONY: demo demo-run
demo: deps-build
	@$(MAKE) --no-print-directory -j2 all
	@$(MAKE) --no-print-directory demo-run
demo-run: all
	@sh contrib/demo/demo $(BUILD)
