# uproar: see README.md for the two commands that matter, CONTRIBUTING.md for the rest.

VERSION  = 0.1.0
CC       = cc
BUILD    = build
prefix   = /usr/local

# --- What is compiled -------------------------------------------------------------------------------------------
CPPFLAGS_ = -D_GNU_SOURCE -Iinclude -I$(BUILD)/src -DUPROAR_VERSION='"$(VERSION)"' $(CPPFLAGS)
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wundef -Wformat=2 -Wvla
CFLAGS_   = -std=c11 -g -O2 $(WARNINGS) $(CFLAGS)

LAYERS    = base text event sock session view term
lib       = $(BUILD)/lib$(1).a
sources   = $(filter-out src/text/maketable.c,$(wildcard src/$(1)/*.c))
objects   = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

# What a layer stands on, itself included, the highest first: the order in which the linker wants it.
closure_base    = base
closure_text    = text base
closure_event   = event text base
closure_sock    = sock event text base
closure_session = session event text base
closure_view    = view event text base
closure_term    = term view event text base
closure_client  = term view session sock event text base
closure_server  = sock event text base

LIBS_term   = $(shell pkg-config --libs readline ncursesw)
LIBS_client = $(LIBS_term) $(shell pkg-config --libs libuv) -lpthread
LIBS_server = $(shell pkg-config --libs libuv) -lpthread

all: $(BUILD)/uproar $(BUILD)/uproard

$(BUILD)/uproar: $(call objects,client) $(foreach l,$(closure_client),$(call lib,$(l)))
	$(CC) $(CFLAGS_) $(LDFLAGS) -o $@ $^ $(LIBS_client) $(LDLIBS)

$(BUILD)/uproard: $(call objects,server) $(foreach l,$(closure_server),$(call lib,$(l)))
	$(CC) $(CFLAGS_) $(LDFLAGS) -o $@ $^ $(LIBS_server) $(LDLIBS)

define layer
$(call lib,$(1)): $(call objects,$(1))
	@rm -f $$@
	$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_) $(CFLAGS_) -MMD -MP -c -o $@ $<

# The uppercase mappings: a program that runs here only, and what it writes.
$(BUILD)/src/text/maketable: $(BUILD)/src/text/maketable.o
	$(CC) $(CFLAGS_) $(LDFLAGS) -o $@ $< -lunistring

$(BUILD)/src/text/upper_table.h: $(BUILD)/src/text/maketable
	$< >$@.new
	mv $@.new $@

$(BUILD)/src/text/upper.o: $(BUILD)/src/text/upper_table.h

# --- Tests: tests/unit/test_LAYER_TOPIC.c links LAYER and what it stands on, nothing else -------------------------
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
layer_of   = $(word 2,$(subst _, ,$(notdir $(1))))

.SECONDEXPANSION:
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o \
		$$(foreach l,$$(closure_$$(call layer_of,test_$$*)),$$(call lib,$$(l)))
	$(CC) $(CFLAGS_) $(LDFLAGS) -o $@ $^ $(LIBS_$(call layer_of,$@)) -lcmocka $(LDLIBS)

# make check-unit, or make check-unit LAYER=text
check-unit: $(if $(LAYER),$(filter $(BUILD)/tests/unit/test_$(LAYER)_%,$(UNIT_TESTS)),$(UNIT_TESTS))
	@set -e; for t in $^; do echo "== $$t"; $$t; done

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all check-unit
