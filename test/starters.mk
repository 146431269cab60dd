# Goals that start other things: packages, demo, tests, benches. The Makefile includes this file instead of PGXS.
# They write into build/ and temporary folders only: nothing under /usr, and no cluster of this machine is touched.
.PHONY: all install clean stage lint $(STARTERS)

# Together with one of them, a goal of the build is a make of its own.
all install clean stage lint:
	@$(MAKE) --no-print-directory $@

help:
	@echo "make demo          install what is missing, build, show a city's year in a throw-away cluster (KEEP=1: leave it running)"
	@echo "make check         the same set-up, then every test; the last line says how many passed and failed"
	@echo "make check-world   make check and the longer proofs (test/world/)"
	@echo "make bench         this project beside what one would write instead, as ratios in one run (BENCH=name: one of them)"
	@echo "make lint          what can be checked without running anything"
	@echo "make deps          install what is missing (Debian and relatives; root or sudo)"
	@echo "make               build; make install puts it into the PostgreSQL that pg_config names"
	@echo "make check-topic TOPIC=x   one regression topic (test/sql/x.sql)"
	@echo "make check-spec  SPEC=x    one isolation test (test/specs/x.spec)"
	@echo "make check-tap   TAP=x     one TAP test (test/t/x.pl)"
	@echo "PG_CONFIG=/path/to/pg_config chooses the PostgreSQL"

deps:
	@test/deps.sh

demo:
	@test/deps.sh
	@test/build.sh
	@KEEP_DB=binzhou test/cluster.sh demo/run.sh

check:
	@test/check.sh

check-world:
	@test/check.sh world

bench:
	@test/deps.sh
	@test/build.sh
	@test/cluster.sh test/bench/run.sh $(BENCH)

# A source archive for PGXN, with the version put into META.json.
dist:
	@mkdir -p build/dist
	@git archive --format=tar --prefix=$(EXTENSION)-$(EXTVERSION)/ HEAD | tar -x -C build/dist
	@sed -i 's/@VERSION@/$(EXTVERSION)/' build/dist/$(EXTENSION)-$(EXTVERSION)/META.json
	@tar -C build/dist -czf build/$(EXTENSION)-$(EXTVERSION).tar.gz $(EXTENSION)-$(EXTVERSION)
	@rm -rf build/dist
	@echo build/$(EXTENSION)-$(EXTVERSION).tar.gz
