# The helpline platform: what can be done, and how. `make` alone explains itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
ROOTS := shared services/intake-service services/case-service services/referral-service services/stats-service .
SOURCES = $(wildcard shared services deploy tests demo benchmarks)

REPORTS ?= 300
SEED ?= 1
BUS ?= embedded
DO ?= start
ROLE ?=
NAME ?=
AGENCY ?=
WORKERS ?= 2
TESTS ?= tests
HELPLINE_HOME ?= .helpline

.PHONY: help setup run demo test check format token kafka bench clean lock

help: ## Show this
	@echo "The helpline platform. Start with:  make run   and, beside it,  make demo"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1 \2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while read -r target what; do printf '  make %-8s %s\n' "$$target" "$$what"; done

run: .venv/runtime.stamp ## Start everything on this machine (HELPLINE_PORT_BASE, HELPLINE_HOME, HELPLINE_BUS, DATABASE_URL); Ctrl-C stops it
	@$(PY) -m deploy.local

demo: .venv/runtime.stamp ## Run the main job on synthetic reports (REPORTS=300 SEED=1 BUS=embedded|kafka)
	@$(PY) -m demo --reports $(REPORTS) --seed $(SEED) --bus $(BUS)

test: .venv/dev.stamp ## Run the tests (TESTS=tests/case WORKERS=2)
	@$(PY) -m pytest -n $(WORKERS) $(TESTS)

check: .venv/dev.stamp ## Format, lint, types, borders between services, contracts
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy $(SOURCES)
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(PY) -m deploy.contracts check

format: .venv/dev.stamp ## Put the code into its agreed form
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

token: .venv/runtime.stamp ## Print a token for this machine (ROLE=adviser, NAME=ada, AGENCY=id with ROLE=agency)
	@if [ -z "$(ROLE)" ]; then echo "Say for whom: make token ROLE=adviser" >&2; exit 1; fi
	@HELPLINE_MODE="$${HELPLINE_MODE:-local}" $(PY) -m deploy.issuer token "$(ROLE)" --home "$(HELPLINE_HOME)/issuer" $(if $(NAME),--name "$(NAME)") $(if $(AGENCY),--agency "$(AGENCY)")

kafka: .venv/runtime.stamp ## Start a real Apache Kafka on this machine, or end it (DO=start|stop|status)
	@$(PY) -m deploy.kafka.broker $(DO)

bench: .venv/dev.stamp ## Measure speed as a ratio to a bare insert, in one run
	@$(PY) -m benchmarks

clean: ## Remove what can be made again: .venv and caches (records in .helpline stay)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/dev.stamp ## Choose package versions anew and write their hashes
	@$(PY) -m pip install --quiet uv
	@for list in requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --no-header $$list.in --output-file $$list.txt || exit 1; \
	done

setup: .venv/dev.stamp ## Install everything that running, testing and checking need

.venv/bin/python:
	@chosen=""; for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then chosen=$$python; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	  echo "Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3." >&2; exit 1; \
	fi; \
	if ! $$chosen -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$chosen cannot make virtual environments: install the package python3-venv." >&2; exit 1; \
	fi; \
	echo "Making .venv with $$($$chosen --version) …" >&2; \
	$$chosen -m venv .venv || { rm -rf .venv; exit 1; }

# What is installed is told on standard error, so that TOKEN=$(make token …) holds a token and nothing else.
# The package roots come onto the path by a .pth file, relative to where it lies, so that the folder can be moved.
.venv/helpline.stamp: | .venv/bin/python
	@$(PY) -c 'import os, pathlib, sys, sysconfig; \
	lib = pathlib.Path(sysconfig.get_path("purelib")); \
	(lib / "helpline.pth").write_text("".join(os.path.relpath(root, lib) + "\n" for root in sys.argv[1:]))' $(ROOTS)
	@touch $@

.venv/runtime.stamp: requirements.txt .venv/helpline.stamp
	@echo "Installing what the services need (once; a minute or two) …" >&2
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --requirement requirements.txt >&2
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/helpline.stamp
	@echo "Installing what checks and tests need (once; a minute or two) …" >&2
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --requirement requirements-dev.txt >&2
	@touch $@ .venv/runtime.stamp
