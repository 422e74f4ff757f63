# Holdfast.  `make demo` shows it, `make check` tests it; both install what they need.
#
#   make            the four programs, into build/
#   make demo       the example clinic for a week, on pretend phones in the browser
#   make check      every test;  also: lint analyse unit scenario system fuzz-short;  check-long takes longer
#   make bench      texts a second, beside a bare libcurl loop
#   make fuzz       every fuzzer for FUZZ_SECONDS (600)
#   make mutants    small changes of the code, which the tests must notice; SEED (1)
#   make install    DESTDIR= PREFIX=/usr/local SYSCONFDIR=/etc
#   make deps       Debian packages that are missing
#   V=1 shows the commands, BUILD= is where things go

BUILD	   ?= build
# One name for one directory, or the dependencies of a build under its other name would not be seen.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
PREFIX	   ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR	   ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
VERSION	   := 0.1.0

# --- what it is made of ----------------------------------------------------
# The floors, from the ground up: a floor uses only those before it (tests/lint/floors), the courier's the ground
# alone.  Every .c file of a floor belongs to it.
FLOORS	:= lib courier config store engine staff
MODULES := $(patsubst %.c,%,$(foreach f,$(FLOORS),$(wildcard daemon/$(f)/*.c)))

# --- how it is built --------------------------------------------------------
LIBRARIES := libsystemd libcurl libconfig sqlite3 libmicrohttpd jansson libcrypto zlib libutf8proc
PKG	   = $(shell pkg-config $(1) $(LIBRARIES) 2>/dev/null)

# The OpenSSF compiler guide, as far as gcc 12 and clang 14 have it.
WARNINGS  := -Wall -Wextra -Wformat=2 -Wimplicit-fallthrough -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	     -Wvla -Wundef -Wno-missing-field-initializers -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong \
	     -fcf-protection=full -fPIE -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing \
	     $(shell echo | $(CC) -Werror -ftrivial-auto-var-init=zero -E - >/dev/null 2>&1 && \
		echo -ftrivial-auto-var-init=zero)
LINK_HARDENING := -pie -Wl,-z,nodlopen,-z,noexecstack,-z,relro,-z,now,--as-needed
OPTIMISE  ?= -O2 -g
CSTD	  := -std=c17 -D_GNU_SOURCE
ALL_CFLAGS = $(CSTD) $(OPTIMISE) $(WARNINGS) $(HARDENING) -Iinclude -Idaemon $(call PKG,--cflags) \
	     -DHOLDFAST_VERSION='"$(VERSION)"' $(EXTRA_CFLAGS) $(CFLAGS)
LIBS	   = $(call PKG,--libs)
LINK	   = $(CC) $(ALL_CFLAGS) $(LINK_HARDENING) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

OBJECTS := $(MODULES:%=$(BUILD)/%.o)
PRESETS := $(wildcard config/presets/*.conf)
WORDS	:= $(wildcard config/words/*.conf)
EMBEDDED := $(BUILD)/presets.o $(BUILD)/words.o
floor	 = $(filter $(foreach f,$(1),$(BUILD)/daemon/$(f)/%.o),$(OBJECTS))
parts	 = $(patsubst %.c,$(BUILD)/%.o,$(wildcard daemon/$(1)/*.c))

PROGRAMS := $(patsubst daemon/%.c,$(BUILD)/%,$(wildcard daemon/holdfast*.c))

.PHONY: all
all: $(PROGRAMS)

$(BUILD)/holdfastd: $(BUILD)/daemon/holdfastd.o $(call parts,holdfastd) $(OBJECTS) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK)
$(BUILD)/holdfast-courier: $(BUILD)/daemon/holdfast-courier.o $(call floor,lib courier) $(BUILD)/presets.o
	$(call say,LINK,$@)
	$(Q)$(LINK)
$(BUILD)/holdfastctl: $(BUILD)/daemon/holdfastctl.o $(call parts,ctl) $(OBJECTS) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK)
$(BUILD)/holdfast-sandbox: $(BUILD)/daemon/holdfast-sandbox.o $(call parts,sandbox) $(BUILD)/page.o $(call floor,lib)
	$(call say,LINK,$@)
	$(Q)$(LINK)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: $(BUILD)/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Files that a program carries inside: the presets, the words, and the sandbox's page.
$(BUILD)/presets.c: contrib/embed $(PRESETS)
	@mkdir -p $(@D)
	$(Q)sh contrib/embed preset_files $(PRESETS) >$@
$(BUILD)/words.c: contrib/embed $(WORDS)
	@mkdir -p $(@D)
	$(Q)sh contrib/embed word_files $(WORDS) >$@
$(BUILD)/page.c: contrib/embed $(wildcard daemon/sandbox/page.*)
	@mkdir -p $(@D)
	$(Q)sh contrib/embed page_files $(wildcard daemon/sandbox/page.*) >$@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- tests ------------------------------------------------------------------
UNIT := $(BUILD)/tests/unit/unit
$(UNIT): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c)) $(OBJECTS) $(call parts,ctl) $(call parts,holdfastd) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK) -lcmocka

$(BUILD)/tests/scenario/player: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/scenario/*.c)) $(OBJECTS) $(EMBEDDED)
	$(call say,LINK,$@)
	$(Q)$(LINK)

include tests/check.mk

# --- installation -----------------------------------------------------------
.PHONY: deps deps-build install clean
deps:
	$(Q)sh tests/deps
deps-build:
	$(Q)sh tests/deps build

include contrib/install.mk

clean:
	$(Q)rm -rf $(BUILD)
