# Three analysers look at every file of daemon/ and tests/.  A file that has passed is looked at again when it, one of
# its headers, or what it was looked at with has changed.  First each must find its fault in planted.c.
#
# gcc at -O0: what the optimiser has moved about, version 12 misreads.  cppcheck does not look into /usr/include, but
# the lists of sys/queue.h it must see.  That cmocka's assertions do not return, gcc cannot know: for it, all that a
# test has asserted not to be NULL might be.

ANALYSERS := gcc clang-tidy cppcheck
ANALYSED  := $(sort $(shell find daemon tests -name '*.c' ! -path 'tests/lint/*'))
PLANTED	  := tests/lint/planted.c
ASSERTED   = null-argument null-dereference possible-null-argument possible-null-dereference
READ_AS	   = $(CSTD) -DHF_ANALYSED -DHOLDFAST_VERSION='"$(VERSION)"' -Iinclude -Idaemon $(call PKG,--cflags)
QUEUE_H	   = $(filter %/sys/queue.h,$(shell $(CC) -M -include sys/queue.h -x c /dev/null))

analyse_with_gcc	= gcc $(READ_AS) -O0 -fanalyzer -Werror \
	$(if $(filter tests/unit/%,$<),$(ASSERTED:%=-Wno-analyzer-%)) -c -o /dev/null $<
analyse_with_clang-tidy = clang-tidy --quiet $< -- $(READ_AS)
analyse_with_cppcheck	= cppcheck --quiet --error-exitcode=1 --std=c11 --library=posix --include=$(QUEUE_H) \
	--enable=warning,performance,portability --inline-suppr --suppressions-list=tests/lint/cppcheck.txt \
	-D_GNU_SOURCE -DHF_ANALYSED -DHOLDFAST_VERSION='""' -Iinclude -Idaemon $<

# analysed ANALYSER: the stamps of the files that passed it.
analysed = $(ANALYSED:%=$(BUILD)/analysed/$(1)/%)

define analysing
$$(BUILD)/analysed/$(1)/%: % tests/analyse.mk $(2)
	@mkdir -p $$(@D)
	@$$(CC) $$(READ_AS) -MM -MP -MT $$@ -MF $$@.d $$<
	$$(Q)$$(analyse_with_$(1)) >$$@.said 2>&1 || { cat $$@.said; exit 1; }
	@touch $$@

.PHONY: analyse-$(1) analysed-$(1)
analysed-$(1): $$(call analysed,$(1))
	@:
analyse-$(1):
	@$$(MAKE) --no-print-directory -s $$(BUILD)/analysed/$(1)/$$(PLANTED) 2>&1 | grep -q '^[^ ]*$$(PLANTED):' || \
		{ echo "$$(PLANTED): nothing found"; echo "not ok - analyse $(1)"; exit 1; }
	@$$(MAKE) --no-print-directory -k -j2 -O analysed-$(1) || { echo "not ok - analyse $(1)"; exit 1; }
	@echo "ok - analyse $(1)"
endef
$(eval $(call analysing,gcc))
$(eval $(call analysing,clang-tidy,.clang-tidy tests/.clang-tidy))
$(eval $(call analysing,cppcheck,tests/lint/cppcheck.txt))

.PHONY: analyse
analyse:
	@status=0; for analyser in $(ANALYSERS); do \
		$(MAKE) --no-print-directory analyse-$$analyser || status=1; done; exit $$status
