# `make` prints what there is to make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# Where the machine forbids it, every process that is started would read all of the source again.
export PYTHONDONTWRITEBYTECODE :=
# Tests wait for servers, browsers and engines a third of their time: one worker more than there are cores keeps the cores busy.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(len(os.sched_getaffinity(0)), 8) + 1)')

.DEFAULT_GOAL := help
.PHONY: help setup run test test-short check bench bench-city test-faults test-upgrade soak test-tour coverage-of-rows lock wheel clean

help: ## print the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 22

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Tocsin needs Python 3.11 or newer; set PYTHON=python3.x" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

setup: $(VENV)/.installed ## install everything into this folder
	$(BIN)/python .ci/front_end

run: setup ## start Tocsin with the demo operator and the SMS simulator
	exec $(BIN)/tocsin serve --demo

test: setup ## all tests, on SQLite and PostgreSQL, with Chromium (some 24 minutes on two cores)
	$(BIN)/python .ci/chromium
	$(PYTEST) -n $(WORKERS) --dist loadgroup -m "not faults and not tour"

test-short: setup ## the short forms of test-faults and test-tour, which .ci/run does after test (some 3 minutes on two cores)
	$(BIN)/python .ci/chromium
	$(PYTEST) -n $(WORKERS) --dist loadgroup tests/browser/test_tour.py tests/faults -m "faults or tour" -k "faults or 390-dark-zh"

check: setup ## ruff, mypy, import-linter, migrations up and down
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q tests/core/test_schema.py

bench: setup ## the figures of docs/operate/speed.md, one JSON line each (ONLY="send board" for some)
	$(BIN)/python -m tests.bench $(ONLY)

bench-city: setup ## a whole city told, 1,000,000 recipients on PostgreSQL (CITY="--recipients 50000 --database sqlite" for less, --again for the all-clear too)
	$(BIN)/python -m tests.bench.city $(CITY)

test-faults: setup ## the long proofs: engines killed 200 times a kind of trouble, hosts that fail, the nights on both databases
	$(BIN)/python .ci/nginx
	$(PYTEST) tests/faults/hosts --long
	$(PYTEST) tests/faults --long -n 2 --ignore tests/faults/hosts --ignore tests/faults/upgrade
	$(PYTEST) tests/scenarios --long -m long

test-upgrade: setup ## the release before is replaced by this one under load, five minutes (LASTS=60 for less, BEFORE=commit)
	$(BIN)/python .ci/nginx
	$(PYTEST) -s tests/faults/upgrade --long --lasts $(or $(LASTS),300) $(if $(BEFORE),--before $(BEFORE))

soak: setup ## memory and file handles of web and engines under load for 20 minutes (MINUTES=5 for less)
	$(BIN)/python .ci/nginx
	$(BIN)/python -m tests.faults.hosts.soak $(MINUTES)

test-tour: setup ## the browser tour at three widths, both themes, both languages
	$(BIN)/python .ci/chromium
	$(PYTEST) tests/browser -m tour

coverage-of-rows: setup ## which requirement rows and invariants no test proves
	$(BIN)/python .ci/rows

lock: setup ## write requirements.txt anew from pyproject.toml, every extra and hash pinned
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --quiet -o requirements.txt

wheel: setup ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove what setup and runs made
	rm -rf $(VENV) node_modules static/vendor dist var
