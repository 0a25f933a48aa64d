# uproar: README.md has the two commands that matter, `make help` lists the others, CONTRIBUTING.md explains them.

VERSION = 0.1.0
CC      = cc

# Where things are installed (GNU coding standards, "Directory Variables").
prefix      = /usr/local
exec_prefix = $(prefix)
bindir      = $(exec_prefix)/bin
datarootdir = $(prefix)/share
mandir      = $(datarootdir)/man
docdir      = $(datarootdir)/doc/uproar
localedir   = $(datarootdir)/locale

# Where systemd looks for the units of a program that is installed there; nowhere, and none are installed, on a system
# without it.
systemdsystemunitdir = $(if $(UNITS_HERE),$(if $(filter /usr,$(prefix)),$(UNITS_HERE),$(prefix)/lib/systemd/system))
UNITS_HERE           = $(call once,UNITS_HERE,$(shell pkg-config --variable=systemdsystemunitdir systemd 2>/dev/null))

INSTALL         = install
INSTALL_PROGRAM = $(INSTALL)
INSTALL_DATA    = $(INSTALL) -m 644

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:

# --- Getting what is missing --------------------------------------------------------------------------------------
# What pkg-config says is known only once the packages are there. So with `deps` among the goals this make only
# installs, and then starts another for the other goals.
ifneq ($(filter deps deps-dev,$(MAKECMDGOALS)),)

THEN = $(filter-out deps deps-dev,$(MAKECMDGOALS))

deps: ## install what building, running and testing need; `make deps run` goes on from there
	@tools/deps

deps-dev: deps ## install what `make lint` and `make pot` need besides
	@tools/deps dev

$(THEN): then
	@:
then: $(filter deps deps-dev,$(MAKECMDGOALS))
	@$(MAKE) --no-print-directory $(THEN)

.NOTPARALLEL:
.PHONY: deps deps-dev then $(THEN)

else
# --- The compiler and its flags -----------------------------------------------------------------------------------
# Yours come last: `make CC=clang CFLAGS=-O0`. WERROR=1 makes warnings errors, V=1 shows the commands.
# SAN=address,undefined and SAN=thread build with these sanitizers, COVER=1 for measuring coverage: each in its own tree.
SAN    =
COVER  =
WERROR =
V      =

comma := ,
BUILD  = build$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COVER),-coverage)

# $(call once,NAME,value) in NAME's own definition: the value is worked out at its first use, and then kept.
once = $(eval $(1) := $(2))$($(1))

WARNINGS = $(call once,WARNINGS,$(shell tools/cc-flags '$(CC)' \
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wcast-align=strict -Wwrite-strings -Wundef -Wformat=2 -Wvla -Wredundant-decls -Wnested-externs \
	-Wdouble-promotion -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wcomma \
	-Wunreachable-code-aggressive))

# The hardening that compilers do not do by themselves. Sanitizers and profiles do without; fortifying needs -O.
HARDEN  = $(if $(SAN)$(COVER)$(findstring -fsanitize,$(CFLAGS))$(findstring -O0,$(CFLAGS)),,$(1))
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=3)
HARD_CC = $(call once,HARD_CC,$(shell tools/cc-flags '$(CC)' -O2 $(FORTIFY) -fstack-protector-strong \
	-fstack-clash-protection -ftrivial-auto-var-init=zero))
HARD_LD = $(call once,HARD_LD,$(shell tools/cc-flags '$(CC)' -Wl,-z,relro,-z,now))

INSTRUMENT = $(if $(SAN),-O1 -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(COVER),-O0 --coverage -fprofile-update=atomic)

PKG_CPPFLAGS = $(call once,PKG_CPPFLAGS,$(shell pkg-config --cflags-only-I readline ncursesw libuv jansson))
CPPFLAGS_    = -D_GNU_SOURCE -Iinclude -I$(BUILD)/src $(PKG_CPPFLAGS) -DUPROAR_VERSION='"$(VERSION)"' \
	-DUPROAR_BINDIR='"$(bindir)"' -DUPROAR_LOCALEDIR='"$(localedir)"' $(CPPFLAGS)
CFLAGS_      = -std=c11 -g -O2 $(call HARDEN,$(HARD_CC)) $(INSTRUMENT) $(WARNINGS) $(if $(WERROR),-Werror) $(CFLAGS)
LDFLAGS_     = $(call HARDEN,$(HARD_LD)) $(LDFLAGS)

# What a recipe does, in two words, unless V=1.
say = $(if $(V),,@printf '  %-4s%s\n' $(1) $@;)

# --- The layers: the table in src/layers, as words such as `sock:base,event` ----------------------------------------
TABLE  := $(shell sed -n '/^[a-z]/ { s/: */:/; s/ /,/g; p; }' src/layers)
LAYERS := $(foreach line,$(TABLE),$(firstword $(subst :, ,$(line))))

# What a layer stands on, itself included, the highest first: the order in which the linker wants the libraries.
uses    = $(subst $(comma), ,$(patsubst $(1):%,%,$(filter $(1):%,$(TABLE))))
reach   = $(1) $(foreach l,$(call uses,$(1)),$(call reach,$(l)))
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
closure = $(filter $(foreach l,$(1),$(call reach,$(l))),$(call reverse,$(LAYERS)))
lib     = $(BUILD)/lib$(1).a
libs    = $(foreach l,$(call closure,$(1)),$(call lib,$(l)))

# The foreign libraries that a layer needs, itself or through what it stands on.
foreign_event  = $(call once,foreign_event,$(shell pkg-config --libs jansson))
foreign_term   = $(call once,foreign_term,$(shell pkg-config --libs readline ncursesw))
foreign_client = $(foreign_uv)
foreign_server = $(foreign_uv)
foreign_uv     = $(call once,foreign_uv,$(shell pkg-config --libs libuv) -lpthread)
foreign        = $(foreach l,$(call closure,$(1)),$(foreign_$(l)))

# --- The programs -------------------------------------------------------------------------------------------------
all: $(BUILD)/uproar $(BUILD)/uproard ## build build/uproar and build/uproard (the default)

link = $(call say,LD)$(CC) $(CFLAGS_) $(LDFLAGS_) -o $@ $^

$(BUILD)/uproar: $(BUILD)/src/client/main.o $(call libs,client)
	$(link) $(call foreign,client) $(LDLIBS)

$(BUILD)/uproard: $(BUILD)/src/server/main.o $(call libs,server)
	$(link) $(call foreign,server) $(LDLIBS)

# Each layer is a library. Left out: main.c of a program, and maketable.c, which runs while building.
archive = $(call say,AR)rm -f $@ && $(AR) rcs $@ $^
sources = $(filter-out %/main.c %/maketable.c,$(wildcard src/$(1)/*.c))

define library
$(call lib,$(1)): $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
	$$(archive)
endef
$(foreach l,$(LAYERS),$(eval $(call library,$(l))))

$(BUILD)/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS_) $(CFLAGS_) -MMD -MP -c -o $@ $<

# The uppercase mappings: a program that runs here only, without sanitizers, and what it writes.
CC_FOR_BUILD = $(CC)

$(BUILD)/src/text/maketable: src/text/maketable.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC_FOR_BUILD) $(CPPFLAGS_) -std=c11 $(WARNINGS) -MMD -MP -o $@ $< -lunistring

$(BUILD)/src/text/upper_table.c: $(BUILD)/src/text/maketable
	$(call say,GEN)$< >$@

$(BUILD)/src/text/upper_table.o: $(BUILD)/src/text/upper_table.c $(BUILD)/settings
	$(call say,CC)$(CC) $(CPPFLAGS_) -Isrc $(CFLAGS_) -MMD -MP -c -o $@ $<

$(call lib,text): $(BUILD)/src/text/upper_table.o

# Another compiler or other flags: everything is built anew.
SETTINGS = $(subst ',,$(VERSION) $(CC) $(CPPFLAGS) $(CFLAGS) $(WERROR))
$(BUILD)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' >$@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# With a terminal the client; without one a few sentences go through it.
run: all ## run build/uproar on a server of its own
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BUILD)/uproar; fi; \
	for protocol in tcp udp; do \
		printf '%s\n' "$$ printf '%s\\n' 'hello, socket' 'straße' | $(BUILD)/uproar --plain --$$protocol"; \
		printf '%s\n' 'hello, socket' 'straße' | $(BUILD)/uproar --plain --$$protocol || exit 1; \
	done

# --- Tests --------------------------------------------------------------------------------------------------------
# tests/unit/test_LAYER_TOPIC.c links LAYER and what it stands on, nothing else unless WITH_ says so. tests/wire and tests/screen run the
# programs: over sockets, and on a terminal. What they share is in tests/support, which is a library too.
tests    = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/$(1)/test_*.c))
layer_of = $(word 2,$(subst _, ,$(notdir $(1)))) $(WITH_$(notdir $(1)))

# The trouble that a session has to see through.
WITH_test_session_lab = lab

SUPPORT  = $(BUILD)/libsupport.a

$(SUPPORT): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
	$(archive)

.SECONDEXPANSION:
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $$(call libs,$$(call layer_of,test_$$*))
	$(link) $(call foreign,$(call layer_of,$@)) -lcmocka $(LDLIBS)

$(BUILD)/tests/unit/test_text_upper_vector: LDLIBS += -lunistring

$(BUILD)/tests/wire/test_%: $(BUILD)/tests/wire/test_%.o $(SUPPORT) $(call libs,sock)
	$(link) -lcmocka -lpthread $(LDLIBS)

$(BUILD)/tests/screen/test_%: $(BUILD)/tests/screen/test_%.o $(SUPPORT) $(call libs,sock)
	$(link) -lcmocka -lvterm -lutil -lpthread $(LDLIBS)

# Preloaded into a program that is tested, to play the part of a slow or failing system. Never with a sanitizer: the
# program's own has to come first.
PRELOADS = $(patsubst %.c,$(BUILD)/%.so,$(wildcard tests/preload/*.c))
$(BUILD)/tests/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS_) -std=c11 -g $(WARNINGS) -shared -fPIC -MMD -MP -o $@ $< -ldl

.SECONDARY: # keep the object files that are only steps on the way

# The tests find the programs in $UPROAR_BUILD. A test program is given up after TEST_TIMEOUT seconds. Where everything
# is much slower, test_session_lab's networks carry fewer datagrams.
SLOW         = $(SAN)$(COVER)
TEST_TIMEOUT = 300
TEST_ENV     = UPROAR_BUILD='$(abspath $(BUILD))' CC='$(CC)' \
	ASAN_OPTIONS=verify_asan_link_order=0:allocator_may_return_null=1 TSAN_OPTIONS=allocator_may_return_null=1 \
	LSAN_OPTIONS=suppressions='$(CURDIR)/tools/lsan.supp':print_suppressions=0 UBSAN_OPTIONS=print_stacktrace=1 \
	$(if $(SLOW),UPROAR_COUNT=6000)
run_tests    = @$(TEST_ENV) tools/run-tests --timeout $(TEST_TIMEOUT)

UNIT_TESTS   = $(call tests,unit)
WIRE_TESTS   = $(call tests,wire)
SCREEN_TESTS = $(call tests,screen)
FUZZ_TESTS   = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
SOAK         = $(BUILD)/tests/soak/soak
BENCH        = $(BUILD)/tests/bench/bench
LINUX        = $(call once,LINUX,$(filter Linux,$(shell uname)))
LINT_TESTS   = $(wildcard tests/lint/test_*)

check: all $(UNIT_TESTS) $(FUZZ_TESTS) $(WIRE_TESTS) $(SCREEN_TESTS) $(SOAK) $(PRELOADS) $(if $(LINUX),$(BENCH)) ## build and run all tests
	$(run_tests) $(UNIT_TESTS) $(FUZZ_TESTS) $(WIRE_TESTS) $(SCREEN_TESTS) $(SOAK) $(LINT_TESTS)

check-unit: $(filter $(BUILD)/tests/unit/test_$(if $(LAYER),$(LAYER)_)%,$(UNIT_TESTS)) ## or only the unit tests, with LAYER=text that layer's
	$(run_tests) $^

# A test that brings a malloc() of its own keeps it.
VALGRIND = valgrind -q --leak-check=full --error-exitcode=99 --suppressions=tools/valgrind.supp \
	--soname-synonyms=somalloc=nouserintercepts

check-valgrind: SLOW = yes
check-valgrind: $(UNIT_TESTS) ## or the unit tests under valgrind
	$(run_tests) --under '$(VALGRIND)' $^

check-wire: all $(WIRE_TESTS) $(PRELOADS) ## or only the tests with real processes and sockets
	$(run_tests) $(WIRE_TESTS)

check-screen: all $(SCREEN_TESTS) $(PRELOADS) ## or only the tests on a terminal
	$(run_tests) $(SCREEN_TESTS)

# What `make bench` prints it writes to JSON, too. TIME: seconds of load in a run; RUNS: how many, of all that is in it.
# ICU is one of those that it measures, where it is installed.
RUNS  = 1
JSON  = $(BUILD)/bench.json
ICU   = $(call once,ICU,$(shell pkg-config --libs icu-uc 2>/dev/null))
$(BENCH): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)) $(call libs,text)
	$(link) -lutil -lm -lunistring $(ICU) $(LDLIBS)

bench: all $(BENCH) ## how fast the programs are, beside a bare echo server; PEERS=1: and beside others; RUNS=3, TIME=600, ONLY=uppercase
	$(BENCH) --time $(TIME) --runs $(RUNS) --json '$(JSON)' $(if $(PEERS),--peers) $(if $(ONLY),--only '$(ONLY)') $(BUILD)

# --- Fuzzing -------------------------------------------------------------------------------------------------------
# tests/fuzz/fuzz_NAME.c is a target. `make check` runs it with the inputs in tests/fuzz/corpus/NAME and with simple
# mutations of them; `make fuzz` runs it for TIME seconds in clang's libFuzzer, whose own corpus stays in $(BUILD)/fuzz.
WITH_fuzz_arguments = client
WITH_fuzz_cell      = view
WITH_fuzz_framer    = term
WITH_fuzz_message   = view
WITH_fuzz_picker    = client
WITH_fuzz_record    = view
WITH_fuzz_upper     = text
WITH_fuzz_views     = view

TIME      = 60
FUZZ      = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
LIBFUZZER =
FUZZ_DRIVER = $(if $(LIBFUZZER),,$(BUILD)/tests/fuzz/driver.o)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $$(FUZZ_DRIVER) $$(call libs,$$(call layer_of,fuzz_$$*) base)
	$(link) $(if $(LIBFUZZER),-fsanitize=fuzzer,-lcmocka) $(call foreign,$(call layer_of,$@)) -lunistring $(LDLIBS)

fuzz_make = $(MAKE) --no-print-directory CC=clang SAN=address,undefined CFLAGS='-O2 -fsanitize=fuzzer-no-link' \
	BUILD=$(BUILD)/fuzz LIBFUZZER=yes $(FUZZ:%=$(BUILD)/fuzz/tests/fuzz/fuzz_%)

fuzz: ## random input to the parsers and filters; FUZZ=name for one of them, TIME=600 for ten minutes each
	@$(fuzz_make)
	@for name in $(FUZZ); do \
		mkdir -p $(BUILD)/fuzz/corpus/$$name tests/fuzz/corpus/$$name; \
		echo "--- $$name"; \
		$(BUILD)/fuzz/tests/fuzz/fuzz_$$name -max_total_time=$(TIME) -max_len=4096 -print_final_stats=1 \
			$$(ls tests/fuzz/$$name.dict 2>/dev/null | sed 's/^/-dict=/') -artifact_prefix=$(BUILD)/fuzz/$$name- \
			$(BUILD)/fuzz/corpus/$$name tests/fuzz/corpus/$$name || exit 1; \
	done

# What the fuzzer learned replaces the corpus in the tree: as few inputs as reach the same code. Those by hand stay.
fuzz-corpus:
	@$(fuzz_make)
	@for name in $(FUZZ); do \
		rm -rf $(BUILD)/fuzz/least && mkdir -p $(BUILD)/fuzz/least && \
		$(BUILD)/fuzz/tests/fuzz/fuzz_$$name -set_cover_merge=1 -use_counters=0 $(BUILD)/fuzz/least \
			tests/fuzz/corpus/$$name $(BUILD)/fuzz/corpus/$$name && \
		{ cp tests/fuzz/corpus/$$name/hand-* $(BUILD)/fuzz/least 2>/dev/null || true; } && \
		rm -rf tests/fuzz/corpus/$$name && mv $(BUILD)/fuzz/least tests/fuzz/corpus/$$name || exit 1; \
	done

# --- Endurance ----------------------------------------------------------------------------------------------------
# `make check` makes a few of these calls fail, and lets these clients in for three seconds.
torture: all $(BUILD)/tests/wire/test_torture $(PRELOADS) ## make each call of both programs fail in turn: some minutes
	@UPROAR_TORTURE=all $(TEST_ENV) tools/run-tests --timeout 14400 $(BUILD)/tests/wire/test_torture

$(SOAK): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/soak/*.c)) $(SUPPORT) $(call libs,text)
	$(link) -lcmocka $(LDLIBS)

soak: all $(SOAK) ## good and bad clients at one server; TIME=600 for ten minutes, LOSS=5 loses five percent of all packets
	@UPROAR_SOAK=$(TIME) $(if $(LOSS),UPROAR_LOSS=$(LOSS)) UPROAR_SERVER='$(SERVER)' $(TEST_ENV) $(SOAK)

coverage: ## line coverage of each layer by all tests
	@find build-coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory COVER=1 check
	@tools/coverage build-coverage $(LAYERS)

# --- Lint ---------------------------------------------------------------------------------------------------------
C_FILES   = $(wildcard include/uproar/*.h src/*/*.[ch] tests/*/*.[ch])
C_SOURCES = $(wildcard src/*/*.c)
MANUALS   = $(wildcard man/*.[1-9])
JOBS      = $(call once,JOBS,$(shell getconf _NPROCESSORS_ONLN))

lint: lint-layers lint-format lint-tidy lint-cppcheck lint-man ## check layers, format, code and manuals

# The objects are looked at too: which socket calls they make, and what the server is linked with.
lint-layers: all
	tools/check-layers --build $(BUILD)

lint-format:
	clang-format --dry-run -Werror $(C_FILES)

lint-tidy:
	@printf '%s\n' $(C_SOURCES) | xargs -P $(JOBS) -I FILE clang-tidy --quiet FILE -- -std=c11 $(CPPFLAGS_) 2>&1 | \
		{ ! grep -v 'warnings* generated\.$$'; }

# What compilers and clang's analyzer know better is left to them.
lint-cppcheck:
	cppcheck -q -j $(JOBS) --std=c11 --library=posix --library=gnu --library=tools/cppcheck.xml --inline-suppr \
		--error-exitcode=1 --enable=warning,performance,portability --suppress=invalidPrintfArgType_sint \
		--suppress=uninitvar --suppress=arrayIndexOutOfBoundsCond $(CPPFLAGS_) src

lint-man:
	$(if $(MANUALS),mandoc -T lint -W warning $(MANUALS))
	$(if $(MANUALS),groff -mandoc -ww -z $(MANUALS))

# --- Installing ---------------------------------------------------------------------------------------------------
DOCUMENTS = $(wildcard README.md CONTRIBUTING.md) COPYING
LINKED    = $(wildcard doc/*.svg tests/book/*.py src/*/textbook.c) # where README.md leads to
UNITDIR   = $(if $(systemdsystemunitdir),$(DESTDIR)$(systemdsystemunitdir))

$(BUILD)/uproard.service: systemd/uproard.service.in FORCE
	@sed 's|@bindir@|$(bindir)|' $< >$@

install: all $(BUILD)/uproard.service ## install below DESTDIR and prefix
	$(INSTALL) -d $(DESTDIR)$(bindir) $(addprefix $(DESTDIR)$(docdir)/,$(sort $(dir $(LINKED)))) \
		$(addprefix $(DESTDIR)$(mandir)/man,1 5 8)
	$(INSTALL_PROGRAM) $(BUILD)/uproar $(BUILD)/uproard $(DESTDIR)$(bindir)
	$(INSTALL_DATA) $(DOCUMENTS) $(DESTDIR)$(docdir)
	for f in $(LINKED); do $(INSTALL_DATA) $$f $(DESTDIR)$(docdir)/$$f || exit 1; done
	for m in $(MANUALS); do $(INSTALL_DATA) $$m $(DESTDIR)$(mandir)/man$${m##*.} || exit 1; done
	$(if $(UNITDIR),$(INSTALL) -d $(UNITDIR))
	$(if $(UNITDIR),$(INSTALL_DATA) $(BUILD)/uproard.service systemd/uproard.socket $(UNITDIR))

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/uproar $(DESTDIR)$(bindir)/uproard
	for m in $(notdir $(MANUALS)); do rm -f $(DESTDIR)$(mandir)/man$${m##*.}/$$m; done
	rm -rf $(DESTDIR)$(docdir)
	$(if $(UNITDIR),rm -f $(UNITDIR)/uproard.service $(UNITDIR)/uproard.socket)

# With nothing on the PATH the client has to find the server beside itself.
installcheck: ## try the installed programs
	$(DESTDIR)$(bindir)/uproar --version
	$(DESTDIR)$(bindir)/uproard --version
	@for protocol in tcp udp; do \
		reply=$$(echo straße | env PATH=/nonexistent $(DESTDIR)$(bindir)/uproar --plain --$$protocol) && \
		[ "$$reply" = STRASSE ] || { echo "installcheck: $$protocol: the reply is '$$reply'" >&2; exit 1; }; \
	done
	@cd $(DESTDIR)$(docdir) && for f in $$(grep -o ']([^):]*)' README.md | tr -d ']()'); do \
		[ -e $$f ] || { echo "installcheck: README.md leads to $$f, which is not there" >&2; exit 1; }; \
	done
	$(if $(UNITDIR),grep -q '^ExecStart=$(bindir)/uproard$$' $(UNITDIR)/uproard.service)

# --- Releases -----------------------------------------------------------------------------------------------------
DIST  = uproar-$(VERSION)
TRIAL = $(abspath $(BUILD))/distcheck

dist: ## make a tar archive of HEAD
	git archive --prefix=$(DIST)/ -o $(DIST).tar.gz HEAD

distcheck: dist ## build, test, install and uninstall from that archive
	rm -rf $(TRIAL) && mkdir -p $(TRIAL)/root
	tar -xzf $(DIST).tar.gz -C $(TRIAL) && cp -R $(TRIAL)/$(DIST) $(TRIAL)/fresh
	$(MAKE) -C $(TRIAL)/$(DIST) check
	$(MAKE) -C $(TRIAL)/$(DIST) install DESTDIR=$(TRIAL)/root
	$(MAKE) -C $(TRIAL)/$(DIST) installcheck DESTDIR=$(TRIAL)/root
	$(MAKE) -C $(TRIAL)/$(DIST) uninstall DESTDIR=$(TRIAL)/root
	$(MAKE) -C $(TRIAL)/$(DIST) clean
	@[ -z "$$(find $(TRIAL)/root -type f -print)" ] || { echo 'distcheck: uninstall left files' >&2; exit 1; }
	diff -r $(TRIAL)/fresh $(TRIAL)/$(DIST)

pot: ## collect the messages to be translated, as build/uproar.pot
	@mkdir -p $(BUILD)
	xgettext --from-code=UTF-8 -k_ -kN_ -kngettext:1,2 --package-name=uproar --package-version=$(VERSION) \
		--sort-by-file -o $(BUILD)/uproar.pot $(C_SOURCES) $(wildcard include/uproar/*.h)

clean: ## remove what was built
	rm -rf $(BUILD) build-* $(DIST).tar.gz

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

FORCE:
.PHONY: FORCE all run check check-unit check-valgrind check-wire check-screen coverage bench fuzz fuzz-corpus torture soak lint lint-layers lint-format \
	lint-tidy lint-cppcheck lint-man install uninstall installcheck dist distcheck pot clean help

endif # no deps among the goals
