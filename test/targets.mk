# Targets for tests, demo and benches; the Makefile includes this file.
STAGE = $(CURDIR)/build/stage

.PHONY: deps stage check check-topic demo bench lint help

# Put the built extension where a throw-away cluster finds it; nothing under /usr is written.
stage: all
	@rm -rf $(STAGE)
	@$(MAKE) -s install DESTDIR=$(STAGE) >/dev/null

# make check-topic TOPIC=clock : one regression test in a throw-away cluster
check-topic: stage
	test/cluster.sh test/regress.sh $(TOPIC)
