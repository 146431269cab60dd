# Targets for single tests and lint; they need PGXS. The Makefile includes this file.
STAGE = $(CURDIR)/build/stage

.PHONY: stage check-topic check-spec check-tap lint print-flags

# Put the built extension where a throw-away cluster finds it; nothing under /usr is written.
stage: all
	@rm -rf $(STAGE)
	@$(MAKE) -s install DESTDIR=$(STAGE) >/dev/null

check-topic: stage
	test/cluster.sh test/regress.sh $(TOPIC)

check-spec: stage
	test/cluster.sh test/isolation.sh $(SPEC)

check-tap: stage
	test/tap.sh $(TAP)

lint: all
	@perl test/lint/lint.pl

# For lint: the compiler's flags.
print-flags:
	$(info $(CPPFLAGS) $(CFLAGS))@:

# Print doc/contract.sql from the catalog; read the difference before committing it.
.PHONY: contract
contract: stage
	test/cluster.sh test/contract/print.sh >doc/contract.sql
