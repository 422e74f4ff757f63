# Every test, each writing TAP; tests/tally counts them all and ends with one line.

SANITISE := OPTIMISE="-O1 -g" HARDENING= LINK_HARDENING="-fsanitize=address,undefined" \
	EXTRA_CFLAGS="-Werror -fsanitize=address,undefined -fno-sanitize-recover -fno-omit-frame-pointer"
SCENARIOS := $(sort $(wildcard tests/scenario/*.scenario))
SYSTEM	  := $(sort $(wildcard tests/system/test_*.py))
FUZZERS	  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 600
LINTS	  := format floors foreign private
CHECK_LOG := $(BUILD)/check

.PHONY: check check-all lint unit unit-build unit-sanitised scenario system clang fuzz fuzz-short

check: deps
	@$(MAKE) --no-print-directory check-all

# One part failing does not keep the others from running: tally decides.
check-all:
	@rm -rf $(CHECK_LOG) && mkdir -p $(CHECK_LOG)
	@sh tests/tally $(CHECK_LOG) "$(MAKE) --no-print-directory" \
		lint analyse build clang unit unit-sanitised scenario system fuzz-short

lint:
	@status=0; for lint in $(LINTS); do sh tests/lint/run $$lint || status=1; done; exit $$status

include tests/analyse.mk

.PHONY: build
build:
	@$(MAKE) --no-print-directory -j2 EXTRA_CFLAGS=-Werror all unit-build $(BUILD)/tests/scenario/player
	@echo "ok - gcc builds all with -Werror"
clang:
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/clang CC=clang EXTRA_CFLAGS=-Werror all
	@echo "ok - clang builds all with -Werror"

unit-build: $(UNIT)
unit: unit-build
	@sh tests/unit/run $(UNIT)
unit-sanitised:
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/sanitised $(SANITISE) unit-build
	@LABEL="sanitised " $(MAKE) --no-print-directory BUILD=$(BUILD)/sanitised $(SANITISE) unit

scenario: $(BUILD)/tests/scenario/player
	@$< $(SCENARIOS)

system: all
	@for test in $(SYSTEM); do BUILD=$(abspath $(BUILD)) /usr/bin/python3 $$test || true; done

# A fuzzer is built from the sources, all of them instrumented.
$(BUILD)/fuzz/%: tests/fuzz/%.c $(MODULES:%=%.c) $(EMBEDDED:.o=.c)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzzing CC=clang OPTIMISE="-O1 -g" HARDENING= \
		EXTRA_CFLAGS="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover" fuzz-objects
	$(Q)clang $(CSTD) -O1 -g -Iinclude -Idaemon $(call PKG,--cflags) -fsanitize=fuzzer,address,undefined \
		-o $@ $< $(OBJECTS:$(BUILD)/%=$(BUILD)/fuzzing/%) $(EMBEDDED:$(BUILD)/%=$(BUILD)/fuzzing/%) $(LIBS)
.PHONY: fuzz-objects
fuzz-objects: $(OBJECTS) $(EMBEDDED)

fuzz fuzz-short: $(FUZZERS:%=$(BUILD)/fuzz/%)
fuzz:
	@sh tests/fuzz/run $(BUILD) $(FUZZ_SECONDS) $(FUZZERS)
fuzz-short:
	@sh tests/fuzz/run $(BUILD) 8 $(FUZZERS)

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
