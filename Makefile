# Every target sets up what it needs first; the second time that takes no noticeable time.
.PHONY: run test tests-without-browser test-long chaos soak bench lint docs standard translations screenshots setup setup-test

run: setup
	@exec .venv/bin/hotline run

# Several at a time: most of a call is waiting. Browser tests hold an event loop of their own, so they run apart.
test: setup-test
	@$(MAKE) --no-print-directory -j 2 lint tests-without-browser
	@.venv/bin/python -m pytest -n 3 --dist loadfile -m "browser and not long" tests/agent_console/browser tests/e2e/browser

tests-without-browser: setup-test
	@.venv/bin/python -m pytest -n 3 --dist worksteal -m "not browser and not long"

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
