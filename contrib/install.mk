# make install DESTDIR= PREFIX=/usr/local SYSCONFDIR=/etc
#
# What an administrator wrote is never touched: the example becomes the configuration only where
# SYSCONFDIR/holdfast does not exist.

BINDIR	       = $(PREFIX)/bin
SBINDIR	       = $(PREFIX)/sbin
MANDIR	       = $(PREFIX)/share/man
DOCDIR	       = $(PREFIX)/share/doc/holdfast
COMPLETIONSDIR = $(PREFIX)/share/bash-completion/completions
TMPFILESDIR   ?= $(PREFIX)/lib/tmpfiles.d
CONFDIR	       = $(SYSCONFDIR)/holdfast

UNITS	    := $(wildcard contrib/systemd/*.service contrib/systemd/*.socket)
EXAMPLE	    := $(shell find config -name '*.conf' -not -path 'config/presets/*')
substitute   = sed 's|@sbindir@|$(SBINDIR)|g; s|@bindir@|$(BINDIR)|g'
# $(call put,MODE,FILE,DIRECTORY)
put	     = install -D -m $(1) -t $(DESTDIR)$(3) $(2)

# The list of keys is the table that reads them, and that of promises the one that tests hold against
# the messages, so that the page cannot say anything else.
$(BUILD)/holdfast.conf.5: contrib/man/holdfast.conf.5.in contrib/man/keys $(BUILD)/holdfastctl
	$(call say,MAN,$@)
	$(Q){ $(BUILD)/holdfastctl check --keys; $(BUILD)/holdfastctl check --promises; } | sh contrib/man/keys $< >$@

.PHONY: install uninstall
install: all $(BUILD)/holdfast.conf.5
	$(call put,0755,$(BUILD)/holdfastctl $(BUILD)/holdfast-sandbox,$(BINDIR))
	$(call put,0755,$(BUILD)/holdfastd $(BUILD)/holdfast-courier,$(SBINDIR))
	install -d $(DESTDIR)$(UNITDIR)
	for unit in $(UNITS); do $(substitute) $$unit >$(DESTDIR)$(UNITDIR)/$${unit##*/} || exit 1; done
	install -D -m 0644 contrib/systemd/sysusers.conf $(DESTDIR)$(SYSUSERSDIR)/holdfast.conf
	install -D -m 0644 contrib/systemd/tmpfiles.conf $(DESTDIR)$(TMPFILESDIR)/holdfast.conf
	$(call put,0644,contrib/man/holdfastctl.1,$(MANDIR)/man1)
	$(call put,0644,$(BUILD)/holdfast.conf.5,$(MANDIR)/man5)
	$(call put,0644,contrib/man/holdfastd.8 contrib/man/holdfast-courier.8,$(MANDIR)/man8)
	install -D -m 0644 contrib/completions/holdfastctl $(DESTDIR)$(COMPLETIONSDIR)/holdfastctl
	$(call install-example,$(DESTDIR)$(DOCDIR)/examples)
	$(call put,0644,contrib/nginx/holdfast.conf,$(DOCDIR)/examples/nginx)
	test -e $(DESTDIR)$(CONFDIR) || { $(call install-example,$(DESTDIR)$(CONFDIR)); }
	@echo 'Now: systemd-sysusers; systemd-tmpfiles --create; systemctl daemon-reload;'
	@echo '     systemctl enable --now holdfastd holdfast-courier@primary'

install-example = for file in $(EXAMPLE); do install -D -m 0644 $$file $(1)/$${file\#config/} || exit 1; done

uninstall:
	rm -f $(addprefix $(DESTDIR)$(BINDIR)/,holdfastctl holdfast-sandbox) \
		$(addprefix $(DESTDIR)$(SBINDIR)/,holdfastd holdfast-courier) \
		$(addprefix $(DESTDIR)$(UNITDIR)/,$(notdir $(UNITS))) \
		$(DESTDIR)$(SYSUSERSDIR)/holdfast.conf $(DESTDIR)$(TMPFILESDIR)/holdfast.conf \
		$(addprefix $(DESTDIR)$(MANDIR)/man1/,holdfastctl.1) \
		$(addprefix $(DESTDIR)$(MANDIR)/man5/,holdfast.conf.5) \
		$(addprefix $(DESTDIR)$(MANDIR)/man8/,holdfastd.8 holdfast-courier.8) \
		$(DESTDIR)$(COMPLETIONSDIR)/holdfastctl
	rm -rf $(DESTDIR)$(DOCDIR)
