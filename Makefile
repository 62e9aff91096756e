# The helpline platform: what can be done, and how. `make` alone explains itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
SERVICES := $(patsubst services/%-service,%,$(wildcard services/*-service))
MEMBERS := shared $(SERVICES:%=services/%-service) .
INSTALLED := .venv/members-$(shell pwd | cksum | cut -d' ' -f1).stamp
LOCK = .venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
  --no-emit-find-links --no-header $(foreach one,shared tools $(SERVICES),--no-emit-package helpline-$(one))
POSTCODES := .venv/share/helpline/postcodes-2.sqlite
EMPTY :=
export MYPYPATH := $(subst $(EMPTY) $(EMPTY),:,$(MEMBERS))

REPORTS ?= 300
SEED ?= 1
BUS ?= embedded
DO ?= start
ROLE ?=
NAME ?=
AGENCY ?=
WORKERS ?= 2
TESTS ?= tests
MUTANTS ?= case_service.sharing.*
HELPLINE_HOME ?= .helpline

.PHONY: help setup run demo test check format token kafka bench fuzz mutants clean lock

help: ## Show this
	@echo "The helpline platform. Start with:  make run   and, beside it,  make demo"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1 \2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while read -r target what; do printf '  make %-8s %s\n' "$$target" "$$what"; done

run: $(INSTALLED) $(POSTCODES) ## Start everything on this machine (HELPLINE_PORT_BASE, HELPLINE_HOME, HELPLINE_BUS, DATABASE_URL); Ctrl-C stops it
	@$(PY) -m tools.local.run

demo: $(INSTALLED) $(POSTCODES) ## Run the main job on synthetic reports (REPORTS=300 SEED=1 BUS=embedded|kafka)
	@$(PY) -m tools.simulation --reports $(REPORTS) --seed $(SEED) --bus $(BUS)

test: .venv/dev.stamp ## Run the tests (TESTS=tests/case WORKERS=2)
	@$(PY) -m pytest -n $(WORKERS) $(TESTS)

check: .venv/dev.stamp ## Format, lint, types, borders between services, contracts
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy shared services tools tests benchmarks
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(PY) -m tools.generated_files check
	@$(PY) -m tools.contracts check

format: .venv/dev.stamp ## Put the code into its agreed form
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

token: $(INSTALLED) ## Print a token for this machine (ROLE=adviser, NAME=ada, AGENCY=id with ROLE=agency)
	@if [ -z "$(ROLE)" ]; then echo "Say for whom: make token ROLE=adviser" >&2; exit 1; fi
	@HELPLINE_MODE="$${HELPLINE_MODE:-local}" $(PY) -m tools.local.issuer token "$(ROLE)" --home "$(HELPLINE_HOME)/issuer" $(if $(NAME),--name "$(NAME)") $(if $(AGENCY),--agency "$(AGENCY)")

kafka: $(INSTALLED) ## Start a real Apache Kafka on this machine, or end it (DO=start|stop|status)
	@$(PY) -m tools.kafka.broker $(DO)

bench: .venv/dev.stamp ## Measure speed as a ratio to a bare insert, in one run
	@$(PY) -m benchmarks

fuzz: $(INSTALLED) $(POSTCODES) ## Damage reports in many ways, and hold what intake reads to the laws of its door (REPORTS=100000 SEED=1)
	@$(PY) -m tools.fuzz_reports --reports $(REPORTS) --seed $(SEED)

# The tool changes code in a folder beside what it reads, and knows it by the name under which tests import it.
mutants: .venv/dev.stamp ## Change the sharing rules bit by bit, and list the changes that no test notices (MUTANTS=case_service.sharing.deadlines*)
	@mkdir -p .mutants/mutants
	@ln -sfn ../services/case-service/case_service .mutants/case_service
	@ln -sfn ../services/case-service/pyproject.toml .mutants/pyproject.toml
	@ln -sfn ../../tests .mutants/mutants/tests
	@cd .mutants && ../$(PY) -m mutmut run --max-children $(WORKERS) "$(MUTANTS)"

clean: ## Remove what can be made again: .venv and caches (records in .helpline stay)
	rm -rf .venv .mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/dev.stamp ## Choose package versions anew and write their hashes
	@$(PY) -m pip install --quiet uv
	@$(LOCK) --upgrade --extra dev --extra build pyproject.toml --output-file requirements/dev.txt
	@$(LOCK) --constraint requirements/dev.txt --extra build pyproject.toml --output-file requirements/local.txt
	@$(LOCK) --constraint requirements/dev.txt --extra postcodes --extra build shared/pyproject.toml \
	  --output-file requirements/build.txt
	@for service in $(SERVICES); do \
	  $(LOCK) --constraint requirements/dev.txt services/$$service-service/pyproject.toml \
	    --output-file requirements/$$service.txt || exit 1; \
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
# A folder that was moved is installed again: the stamp of the members names where they were.
.venv/local.stamp: requirements/local.txt | .venv/bin/python
	@echo "Installing what the services need (once; a minute or two) …" >&2
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --requirement requirements/local.txt >&2
	@touch $@

.venv/dev.stamp: requirements/dev.txt $(INSTALLED) $(POSTCODES)
	@echo "Installing what checks and tests need (once; a minute or two) …" >&2
	@$(PY) -m pip install --disable-pip-version-check --require-hashes --requirement requirements/dev.txt >&2
	@touch $@

$(INSTALLED): .venv/local.stamp $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
	  $(addprefix --editable ./,$(MEMBERS)) >&2
	@touch $@

$(POSTCODES): $(addprefix shared/shared/domain/,postcodes.py postcode_borders.py reference/split_postcodes.csv) | $(INSTALLED)
	@echo "Building the postcode table (once; a minute or two) …" >&2
	@$(PY) -m shared.domain.postcodes build
