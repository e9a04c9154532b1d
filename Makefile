# Every target sets up what it needs first; the second time that takes no noticeable time.
.PHONY: run test bench lint docs setup setup-test

run: setup
	@exec .venv/bin/hotline run

# Three at a time: most of a call is waiting.
test: lint
	@.venv/bin/python -m pytest -n 3 --dist worksteal

bench: setup-test
	@exec .venv/bin/python -m tests.bench

lint: setup-test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

docs: setup-test
	@.venv/bin/python scripts/check_docs.py

setup:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test
