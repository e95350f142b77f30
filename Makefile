# `make demo` and `make test` alone set everything up: they need python3 (3.11 or newer), make and git.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= build/demo

.PHONY: setup demo test agreement lint types score bench bench-setup circulars chaos image-test observe-test lock clean

setup: .venv/ready

# The lock pins every package with its hashes and names no registry: pip uses whichever index the machine is set up with.
.venv/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "xunwang needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "no virtual environment could be made; on Debian and Ubuntu install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/xunwang demo --out $(OUT)

test: lint types
	$(BIN)/python -m pytest -n auto

# Ten provinces of fresh seeds; another draw with SEEDS="1 2 3".
SEEDS ?= $(shell $(PYTHON) -c 'import random; print(*random.sample(range(10**6), 10))')
agreement: setup
	@for seed in $(SEEDS); do echo "seed $$seed"; $(BIN)/xunwang demo --seed $$seed --out build/agreement || exit 1; done

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

# A labelled corpus is not part of the project; its form: manifest.jsonl and labels.jsonl.
CORPUS ?= $(XUNWANG_CORPUS)
score: setup
	@test -n "$(CORPUS)" || { echo "name a labelled corpus: make score CORPUS=DIR" >&2; exit 2; }
	$(BIN)/python -m tests.score $(CORPUS)

# Five real circulars again, from simulated provinces that are patrolled, checked and printed: json, docx, xlsx, html.
circulars: setup
	$(BIN)/python -m tests.circulars --out build/circulars

# What goes wrong at two in the morning: wrong settings, read-only volume, port taken, disk full, killed by memory.
chaos: setup
	$(BIN)/python -m pytest -v tests/whole/test_chaos.py

# Builds the image and runs it without a Docker engine. As root on Debian: installs buildah and debootstrap by itself, and says so.
image-test:
	$(PYTHON) deploy/image_test.py

# The real Prometheus over a demo province: no panel empty, no expression wrong, the right alerts when it is broken. Needs the
# Debian package prometheus; skips without it.
observe-test: setup
	OBSERVE=1 $(BIN)/python -m pytest tests/observe

bench: setup bench-setup
	$(BIN)/python -m tests.benchmarks

# Scrapy is measured beside us; it has a lock and an environment of its own, and nothing else needs it.
bench-setup: build/bench-venv/ready

build/bench-venv/ready: tests/benchmarks/scrapy.lock
	@mkdir -p build
	$(PYTHON) -m venv build/bench-venv
	build/bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/benchmarks/scrapy.lock
	@touch $@

# requirements.lock is what a service needs, requirements-dev.lock that and the tools.
COMPILE := --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --no-annotate --quiet
lock:
	@test -x build/uv-venv/bin/uv || { mkdir -p build && $(PYTHON) -m venv build/uv-venv && build/uv-venv/bin/python -m pip install --quiet uv; }
	build/uv-venv/bin/uv pip compile $(COMPILE) --extra province pyproject.toml -o requirements.lock
	build/uv-venv/bin/uv pip compile $(COMPILE) --extra province --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv build *.egg-info
