# Everything a person does here. Needs python3 (3.11 or newer) and make; the packages come from the package index.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8501
SCALE ?= 100000
BIN := .venv/bin
CODE := dashboard.py settings wiring.py serving.py databases.py cli.py store ingest metrics live pages
RUN_STAMP := .venv/.requirements
DEV_STAMP := .venv/.requirements-dev
BROWSER_STAMP := .venv/.browser
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-input

.PHONY: help setup run demo test test-quick check bench bench-data docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(RUN_STAMP) ## Make .venv with the packages it runs on (again when requirements.txt changes)
	@echo "Ready; start it with: make run"

run: $(RUN_STAMP) ## Start on http://localhost:8501, or another PORT=; FLOORWALKER_* variables are honoured
	@exec $(BIN)/python -m streamlit run dashboard.py --server.port $(PORT)

demo: $(RUN_STAMP) ## The same with the simulated floor, whatever has been loaded
	@FLOORWALKER_DEMO=on exec $(BIN)/python -m streamlit run dashboard.py --server.port $(PORT)

# What shares a long preparation stays together. Tests with a browser wait now and then: three at a time keep two cores busy.
test: $(DEV_STAMP) $(BROWSER_STAMP) ## Run every test, servers and a real browser included
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m "not browser"
	@$(BIN)/python -m pytest -n 3 --dist worksteal -m browser

test-quick: $(DEV_STAMP) ## Run the tests of parts: no page, server or command line, nothing that takes long
	@$(BIN)/python -m pytest -n auto -m "not browser and not server and not thorough" tests/unit tests/contract

check: $(DEV_STAMP) ## Lint, formatting, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(DEV_STAMP) $(BROWSER_STAMP) ## Measure loading, pushing and drawing, beside their limits
	@$(BIN)/python -m tests.benchmarks

bench-data: $(DEV_STAMP) ## Make a history of SCALE= conversations for measuring, kept in var/bench; cut short, it goes on
	@$(BIN)/python -m tests.benchmarks.made_history --scale $(SCALE)

docs: $(RUN_STAMP) ## Write the generated documentation again
	@$(BIN)/python -m metrics docs

clean: ## Remove .venv and the tools' caches; databases in var/ stay
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's python3 comes without what `venv` needs: install it where that is possible, else say so. Nothing half-made is left.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Floorwalker needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another with PYTHON=." >&2; exit 1; }
	@echo "Making .venv"
	@if ! $(PYTHON) -m ensurepip --version >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's python3-venv"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq >/dev/null && apt-get install -y -qq python3-venv >/dev/null || true; \
	fi
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

# Compiling ahead makes the first start as quick as the second. A file that a package ships for other Pythons may not compile.
$(RUN_STAMP): requirements.txt | $(BIN)/python
	@echo "Installing the packages of requirements.txt (a minute or two, once)"
	@$(PIP) --no-compile -r requirements.txt
	@$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	@$(BIN)/python -m compileall -q $(wildcard $(CODE))
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements.txt | $(RUN_STAMP)
	@echo "Installing the packages of requirements-dev.txt"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The headless shell is Chromium without its windows, and takes about half the time; any other does where it cannot be had.
$(BROWSER_STAMP): | $(BIN)/python
	@if ! command -v chromium-headless-shell >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's chromium-headless-shell for the browser tests"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq chromium-headless-shell; } >/dev/null || true; \
	fi
	@for name in chromium-headless-shell chromium chromium-browser google-chrome; do command -v $$name >/dev/null && touch $@ && exit 0; done; \
	echo "The browser tests need Chromium: install chromium-headless-shell, chromium or google-chrome." >&2; exit 1
