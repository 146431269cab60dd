# grid_gov: build, install, test, demo.  `make help` lists the targets.
EXTENSION  = grid_gov
EXTVERSION := $(shell sed -n "s/^default_version *= *'\([^']*\)'.*/\1/p" grid_gov.control)

MODULE_big = grid_gov
OBJS       = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
SCRIPT     = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA       = $(wildcard sql/updates/*.sql)
DATA_built = $(SCRIPT)
EXTRA_CLEAN = build sql/$(EXTENSION)--*.sql tmp_check results output_iso regression.diffs regression.out

PG_CPPFLAGS = -I$(CURDIR)/src -DGRID_GOV_VERSION='"$(EXTVERSION)"' $(shell pkg-config --cflags icu-uc icu-i18n 2>/dev/null)
PG_CFLAGS   = -std=gnu11 -fvisibility=hidden -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
SHLIB_LINK  = $(shell pkg-config --libs icu-uc icu-i18n 2>/dev/null)

override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

.DEFAULT_GOAL := all

# Goals that only start other things (test/starters.mk) do without PGXS, whose own target "check" would be in the way.
STARTERS = help deps demo check check-world bench dist
ifneq ($(filter $(STARTERS),$(MAKECMDGOALS)),)
include test/starters.mk
else
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)
else
all install:
	@echo "The PostgreSQL server headers are missing: run 'make deps' first."; exit 1
clean:
	rm -rf build sql/$(EXTENSION)--*.sql src/*.o src/*/*.o grid_gov.so
endif

# The install script is the numbered fragments, with reference data and the
# city's DDL turned into rows on the way (test-free: no name is listed here).
FRAGMENTS = $(sort $(wildcard sql/[0-9][0-9]-*.sql))
REFDATA   = $(wildcard sql/ref/*) $(wildcard sql/gov/*.sql)
$(SCRIPT): $(FRAGMENTS) $(REFDATA) sql/build.pl grid_gov.control
	@rm -f sql/$(EXTENSION)--*.sql
	perl sql/build.pl $(FRAGMENTS) > $@.tmp && mv $@.tmp $@

# Every header change rebuilds all: the library is small. So does another PostgreSQL, whose name is kept in build/for.
BUILT_FOR := $(shell mkdir -p build; echo '$(VERSION) $(pkglibdir)' | cmp -s - build/for || echo '$(VERSION) $(pkglibdir)' >build/for)
$(OBJS): $(sort $(wildcard src/*.h src/*/*.h)) Makefile build/for

include test/targets.mk
endif
