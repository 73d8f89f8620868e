# The two commands that matter: `make run` starts the shop, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := bash scripts/install_packages.sh $(BIN)/python
# Tests write a lot and keep nothing: in memory where the machine has room for it.
MEMORY := $(shell [ "$$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -ge 8000 ] 2>/dev/null && [ -w /dev/shm ] && echo /dev/shm)
# Compiled files are kept, whatever the shell says: else every process would compile everything again.
CORES := $(shell nproc 2>/dev/null || echo 2)
PYTEST := PYTHONDONTWRITEBYTECODE= $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
BENCH := PYTHONDONTWRITEBYTECODE= $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help run words test test-quick soak check simulate screenshots bench bench-analytics bench-store bench-wall image release clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Retail Sync needs Python 3.11 or newer; choose one with: make run PYTHON=python3.12"; exit 1; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what the shop needs ..."
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-otel.txt requirements-dev.txt constraints.txt | $(BIN)/python
	@echo "Installing what the tests need ..."
	@$(INSTALL) requirements-dev.txt
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## start the shop (first time: create it, with a year of demo trade)
	@echo "Preparing the database ..."
	@$(BIN)/python -m app migrate
	@$(BIN)/python -m app demo --if-empty
	@exec $(BIN)/python -m app serve

words: $(VENV)/.run ## bring the catalogues of the shop's languages up to the texts in the code
	@$(BIN)/python scripts/words.py

simulate: $(VENV)/.run ## send live shoppers to the running shop
	@exec $(BIN)/python -m app simulate

test: $(VENV)/.dev ## install what the tests need and run them all
	@bash scripts/install_test_parts.sh
	@# One more process than cores: many tests wait, for servers, browsers and pauses.
	@$(PYTEST) -n $$(($(CORES) + 1))

test-quick: $(VENV)/.dev ## the unit tests, and the store tests on SQLite alone
	@$(PYTEST) -n $(CORES) tests/unit
	@$(PYTEST) -n $(CORES) tests/contract -k 'sqlite and not mariadb and not dynamodb'

soak: $(VENV)/.dev ## the long runs: random requests, rushes, processes that die under load, axe on every view
	@bash scripts/install_test_parts.sh
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m soak

check: $(VENV)/.dev ## lint Python and JavaScript, type-check, look for dead and weak code and known holes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/vulture
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app pages components scripts
	@$(BIN)/cfn-lint deploy/*.yaml
	@bash scripts/lint_javascript.sh
	@bash scripts/audit_dependencies.sh $(BIN)/pip-audit

image: ## build the container image, with Docker, Podman or buildah
	@bash scripts/build_image.sh

screenshots: $(VENV)/.dev ## take docs/screenshots/ anew
	@bash scripts/install_test_parts.sh
	@$(BIN)/python scripts/screenshots.py

bench: $(VENV)/.dev ## measure beside floors, into docs/benchmarks/; of parts it prints only: ONLY="checkout worker"
	@bash scripts/install_test_parts.sh
	@$(BENCH) -m tests.benchmarks $(ONLY)

bench-analytics: $(VENV)/.dev ## each page's data on MariaDB as the shop grows: ORDERS="100000 1000000"
	@bash scripts/install_test_parts.sh
	@$(BENCH) -m tests.benchmarks.analytics $(ORDERS)

bench-store: $(VENV)/.dev ## the shop's pages under Lighthouse; of some of it: ONLY="grid mobile visits"
	@bash scripts/install_test_parts.sh
	@bash scripts/install_lighthouse.sh
	@$(BENCH) -m tests.benchmarks.store $(ONLY)

bench-wall: $(VENV)/.dev ## from a payment to the pixel, and 2,000 screens against one, on MariaDB
	@bash scripts/install_test_parts.sh
	@$(BENCH) -m tests.benchmarks.wall

release: ## check, test, build and tag the version of app/__init__.py
	@bash scripts/release.sh

clean: ## remove the virtual environment and caches; keeps data/
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
