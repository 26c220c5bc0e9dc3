# Everything starts from the machine's python3; each target makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A newer interpreter, where there is one: Django itself (benchmarks, interchange tests) and parts of its suite need
# 3.12 or later.
NEWEST := $(shell $(PYTHON) tools/interpreters.py newest)
PORT ?= 8000
# Many tests start processes; without bytecode on disk each of them would compile the whole package.
unexport PYTHONDONTWRITEBYTECODE
# One process a core; a file stays in one of them, with the databases and servers that its tests share.
PARALLEL := -n auto --dist loadfile

.PHONY: demo test test-newest test-postgres check bench conformance conformance-postgres docs clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[test,check]'
	touch $@

$(VENV)-newest/.ready: pyproject.toml
	$(NEWEST) -m venv $(VENV)-newest
	$(VENV)-newest/bin/python -m pip install -q --disable-pip-version-check -e '.[test]'
	touch $@

demo: $(VENV)/.ready  ## A real site on http://127.0.0.1:8000
	$(BIN)/python -m pip install -q --disable-pip-version-check -r examples/airfields/requirements.txt
	$(BIN)/python examples/airfields/manage.py migrate
	$(BIN)/python examples/airfields/manage.py load_airfields
	$(BIN)/python examples/airfields/manage.py runserver $(PORT)

test: $(VENV)/.ready  ## The whole test-suite, then again on the newest Python found
	$(BIN)/python -m pytest $(PARALLEL)
	@if [ "$(NEWEST)" != "$$($(PYTHON) tools/interpreters.py self)" ]; then $(MAKE) test-newest; else echo "no newer Python found: the suite ran on one version only"; fi

test-newest: $(VENV)-newest/.ready
	$(VENV)-newest/bin/python -m pytest $(PARALLEL)

test-postgres: $(VENV)/.ready  ## The database tests on PostgreSQL
	NUAGES_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(PARALLEL) tests/db

check: $(VENV)/.ready  ## Style and types: of the framework, and as its users see them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	NUAGES_REQUIRE_CHECKERS=1 $(BIN)/python -m pytest tests/typing

bench: $(VENV)-newest/.ready  ## Compare with the peers; writes benchmarks/RESULTS.md
	$(VENV)-newest/bin/python -m benchmarks

conformance: $(VENV)-newest/.ready  ## Django's own suite on nuages; writes conformance/RESULTS.md
	$(VENV)-newest/bin/python -m conformance

conformance-postgres: $(VENV)-newest/.ready  ## The suite's labels about databases on PostgreSQL; writes conformance/RESULTS-postgresql.md
	$(VENV)-newest/bin/python -m conformance --database postgresql

docs: $(VENV)/.ready  ## The manual, into site/
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[docs]'
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) $(VENV)-* build dist site .mypy_cache .ruff_cache
