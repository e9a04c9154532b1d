# Every target sets up what it needs first; the second time that takes no noticeable time.
.PHONY: run test test-computing test-talking test-parts test-calls test-pages test-long chaos soak bench lint docs standard translations screenshots setup setup-test

run: setup
	@exec .venv/bin/hotline run

# Most of a call is waiting, and its sound has to come in time: what only computes takes what calls and pages leave of
# the processor, and says what it has found at its end.
test: setup-test
	@$(MAKE) --no-print-directory -j 2 test-computing test-talking

test-computing: setup-test
	@MAKEFLAGS= .venv/bin/python scripts/giving_way.py to-all $(MAKE) --no-print-directory lint test-parts

test-talking: setup-test
	@$(MAKE) --no-print-directory test-calls
	@$(MAKE) --no-print-directory test-pages

test-parts: setup-test
	@.venv/bin/python -m pytest -n 2 --dist worksteal -m "not e2e and not socket and not browser and not long"

# Only folders that hold such tests: reading all others takes its time on each worker (tests/test_makefile.py).
# What takes long first, or it is what everybody waits for in the end.
CALLS = tests/operation tests/bench tests/chaos tests/e2e tests/asterisk tests/carriers tests/notices tests/agent_console/test_serving.py

test-calls: setup-test
	@.venv/bin/python scripts/giving_way.py to-the-pbx .venv/bin/python -m pytest -n 4 --dist worksteal -m "(e2e or socket) and not browser and not long" $(CALLS)

# Browser tests hold an event loop of their own.
test-pages: setup-test
	@.venv/bin/python scripts/giving_way.py to-the-pbx .venv/bin/python -m pytest -n 3 --dist loadfile -m "browser and not long" tests/agent_console/browser tests/e2e/browser

# What is rare and takes long; `make test` looks at the same parts more briefly.
test-long: setup-test
	@.venv/bin/python -m pytest -n 2 --dist loadfile -m long

# 200 alarm calls while parts fail at random, on each database; the tables go into docs/RELIABILITY.md.
chaos: setup-test
	@.venv/bin/python -m tests.chaos --write
	@.venv/bin/python -m tests.chaos --postgres --write
	@.venv/bin/python -m tests.chaos.overload --write

# An hour of calls at 5 a second: `make soak MINUTES=10` for less.
MINUTES = 60
soak: setup-test
	@.venv/bin/python -m tests.chaos.soak --minutes $(MINUTES) --write

bench: setup-test
	@exec .venv/bin/python -m tests.bench

lint: setup-test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

docs: setup-test
	@.venv/bin/python scripts/check_docs.py

# docs/STANDARD.md: rule, code, test.
standard: setup-test
	@.venv/bin/python -m scripts.standard

# Wordings that pages have gained or lost, and the compiled catalogues.
translations: setup-test
	@.venv/bin/python -m scripts.translations

screenshots: setup-test
	@.venv/bin/python scripts/screenshots.py

setup:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test
