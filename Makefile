# make run         the whole service on this machine, five sample calls summarized (ONCE=1: ends by itself)
# make test        style, types and all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test clean

run: $(VENV)/.run
	@$(BIN)/wrapup demo $(if $(ONCE),--once)

test: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest

clean:
	rm -rf $(VENV) .wrapup .hypothesis .mypy_cache .ruff_cache *.egg-info build summarizer/engine/_native*.so

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("wrapup needs Python 3.11 or newer") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv $(VENV) || { echo "the module venv is missing: install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt summarizer/engine/native.cpp
	@echo "installing what the service needs, once"
	@$(INSTALL) --editable '.[engine,embedded]'
	@touch $@

$(VENV)/.test: $(VENV)/.run pyproject.toml constraints.txt
	@echo "installing what tests and training need, once"
	@$(INSTALL) --editable '.[dev]'
	@touch $@
