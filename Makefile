# `make book` builds the HTML and the PDF, `make test` runs the tests; each sets itself up. `make` lists all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON_BOOK := env PYTHONPATH=book $(BIN)/python
BUILD := $(PYTHON_BOOK) -m press.build
CODE := press book tests bench
QUICK := data claims chapters arithmetic arrows

.PHONY: help book html pdf epub lab data notebooks lock check test test-all test-mutations seminar students hub-test links stress bench cut edition clean setup setup-locked setup-tests setup-system

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

book: setup setup-system  ## the HTML book and the PDF
	@$(BUILD) book

html: setup  ## the HTML book alone
	@$(BUILD) html

pdf: setup setup-system  ## the PDF alone
	@$(BUILD) pdf

epub: setup  ## the EPUB alone
	@$(BUILD) epub

lab: setup  ## JupyterLab in book/, to run the chapters
	$(BIN)/jupyter lab --notebook-dir=. book/lin-2025.ipynb

data: setup  ## check the data package and renew its sizes and hashes
	@$(PYTHON_BOOK) -m press.package

notebooks: setup  ## run every notebook and store its outputs in their normal form
	@$(BUILD) notebooks

lock: setup-tests  ## renew constraints.txt, the full lock for every system, and .github/lock.txt, the same with hashes
	@mkdir -p _build && grep -hv '^-' requirements.txt tests/requirements.txt > _build/lock.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o constraints.txt _build/lock.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-deps --generate-hashes -o .github/lock.txt constraints.txt

check: setup-tests  ## format, lint, types, data, stored figures and the quick tests, in half a minute
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	@$(PYTHON_BOOK) -m press.package check
	@$(PYTHON_BOOK) -m press.check_figures
	$(BIN)/python -m pytest $(QUICK:%=tests/test_%.py) -q -n 2 -m "not slow and not built"

test: setup-tests setup-system  ## the tests that each change must pass, in a quarter of an hour
	$(BIN)/python -m pytest tests --nbval book/*.ipynb --nbval-current-env -q -n 2 --dist loadfile --durations=15

test-all: test  ## the tests and what takes longer
	$(BIN)/python -m pytest tests -q -m slow

seminar: setup  ## all that is printed for a session as PDF, and the bundles, in _build/seminar
	@$(BUILD) seminar
	@$(PYTHON_BOOK) -m press.students

students: html  ## the branch that a class pulls to a JupyterHub, from the sessions' bundles
	@$(PYTHON_BOOK) -m press.students

hub-test: setup  ## a JupyterHub on this machine and a class of 20 that comes at once (STUDENTS=5: of five)
	@STUDENTS=$(or $(STUDENTS),20) sh tests/hub/test.sh

test-mutations: setup-tests  ## changes that nobody meant, one by one: which check refuses each (SEED=… tries the same again)
	@$(PYTHON_BOOK) tests/mutations.py $(SEED)

stress: setup-tests setup-system  ## kills, loads, places, users, languages, clocks, other Pythons (an hour; RUNS=1 runs nbval once)
	$(BIN)/python -m pytest tests/stress.py -q --durations=0

links: setup  ## ask whether the addresses of the sources still answer (needs the network)
	@$(PYTHON_BOOK) -m press.links

bench: setup-tests setup-system  ## measure builds and pages beside what else there is, into BENCH.md (an hour; needs the network once)
	@env PYTHONPATH=.:book $(BIN)/python -m bench $(WHAT)

cut: setup  ## make the committed tree an edition: make cut VERSION=2026.11.1
	@$(PYTHON_BOOK) -m press.publish cut "$(VERSION)"

edition: setup setup-system  ## the site of all published editions, in _build/site (AGAIN=1 builds all anew)
	@$(PYTHON_BOOK) -m press.publish site $(if $(AGAIN),--again)

clean:  ## remove what was built, and the environment
	rm -rf _build $(VENV)

# For CI: every package by its hash. The lock is not a constraint of `setup`, since older pips refuse hashes there.
setup-locked:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .github/lock.txt

setup: $(VENV)/.book
setup-tests: $(VENV)/.tests

$(VENV)/.book: requirements.txt constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests: $(VENV)/.book tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

# System packages, as root on Debian and Ubuntu; elsewhere `make book` says what the PDF lacks.
setup-system:
	@command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] || exit 0; \
	missing=$$(for p in $$(cat apt.txt); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	[ -z "$$missing" ] || { apt-get update -qq && for p in $$missing; do apt-cache show $$p >/dev/null 2>&1 && echo $$p; done \
	  | DEBIAN_FRONTEND=noninteractive xargs -r apt-get install -y -qq --no-install-recommends >/dev/null; }
