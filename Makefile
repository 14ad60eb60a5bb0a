# Needs make and Python 3.11+ with pip and venv; every target does its own set-up in .venv.
# Another interpreter: make test PYTHON=python3.13

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV ?= uv
VENV := .venv
PY := $(VENV)/bin/python

# A lock lists every wheel with its hash. --only-binary: building a source archive would fetch
# build tools that no hash vouches for.
PIP := $(PY) -m pip -qq --disable-pip-version-check --no-input
PIP_LOCKED := $(PIP) install --require-hashes --only-binary :all: --requirement

# The folders are listed too: their time changes when a file is removed.
SOURCES := $(shell find src -name __pycache__ -prune -o -print)

COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(UPGRADE)

.PHONY: help demo test properties compat lint bench reliability lock clean

help:
	@echo "make demo         export 5,000 invoices from a local Coupa"
	@echo "make test         run the tests on the built wheel, with coverage"
	@echo "make properties   run the property tests with 2,000 examples each"
	@echo "make compat       let the published client 0.1.0 drain the sandbox, and compare"
	@echo "make lint         check style, types and spelling"
	@echo "make bench        measure this library beside others, and write docs/benchmarks.md (ONLY=cpu: print one part)"
	@echo "make reliability  let faults meet this library and others, and write docs/reliability.md"
	@echo "make lock         write the lock files again (UPGRADE=--upgrade for newer versions)"
	@echo "make clean        remove everything that these made"

demo: $(VENV)/.wheel
	@$(VENV)/bin/coupa demo

test: $(VENV)/.wheel
	@$(PY) -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=90 $(PYTEST_ARGS)

properties: $(VENV)/.wheel
	@HYPOTHESIS_PROFILE=scheduled $(PY) -m pytest -q -o timeout=600 tests/pure tests/sandbox/test_grammar.py

compat: $(VENV)/.wheel
	@$(PY) tests/compat/run.py --venv .venv-peers/0.1.0

lint: $(VENV)/.lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright --pythonpath $(PY)
	$(VENV)/bin/codespell

bench: $(VENV)/.wheel
	@$(PY) benchmarks/run.py $(ONLY) $(BENCH_ARGS)

reliability: $(VENV)/.wheel
	@$(PY) benchmarks/reliability/run.py

lock:
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) --group test --group build --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file requirements-lint.lock

clean:
	rm -rf $(VENV) .venv-peers dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: requirements.lock
	@command -v "$(PYTHON)" >/dev/null || \
		{ echo "$(PYTHON) not found: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, this is $$("$(PYTHON)" -V 2>&1): make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) has no venv module: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@echo "set-up: creating $(VENV) with $$("$(PYTHON)" -V)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@echo "set-up: installing requirements.lock"
	@$(PIP_LOCKED) requirements.lock
	@touch $@

$(VENV)/.lint: $(VENV)/.ready requirements-lint.lock
	@echo "set-up: installing requirements-lint.lock"
	@$(PIP_LOCKED) requirements-lint.lock
	@touch $@

$(VENV)/.wheel: $(VENV)/.ready pyproject.toml README.md LICENSE $(SOURCES)
	@echo "set-up: building and installing the wheel"
	@rm -rf dist
	@$(PIP) wheel --no-deps --no-index --no-build-isolation --wheel-dir dist .
	@$(PIP) install --no-deps --no-index --force-reinstall dist/*.whl
	@$(PY) -m pip check >/dev/null || \
		{ $(PY) -m pip check; echo "the lock is behind pyproject.toml: make lock" >&2; exit 1; }
	@touch $@
