# `make demo` and `make test` alone set everything up: they need python3 (3.11 or newer), make and git.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= build/demo

.PHONY: setup demo test lint types bench bench-setup lock clean

setup: .venv/ready

# The lock pins every package with its hashes and names no registry: pip uses whichever index the machine is set up with.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "xunwang needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "no virtual environment could be made; on Debian and Ubuntu install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/xunwang demo --out $(OUT)

test: lint types
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

bench: setup bench-setup
	$(BIN)/python -m tests.benchmarks

# Scrapy is measured beside us; it has a lock and an environment of its own, and nothing else needs it.
bench-setup: build/bench-venv/ready

build/bench-venv/ready: tests/benchmarks/scrapy.lock
	@mkdir -p build
	$(PYTHON) -m venv build/bench-venv
	build/bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/benchmarks/scrapy.lock
	@touch $@

lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --extra dev --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header -q pyproject.toml -o requirements.lock

clean:
	rm -rf .venv build *.egg-info
