# make run         the whole service on this machine, five sample calls summarized (ONCE=1: ends by itself)
# make test        style, types and all tests
# make faults      thirty faults in the real service, each with its load, and what they left behind (CALLS=2000)
# make lock        the hashes of all packages, for the images
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test faults lock clean

run: $(VENV)/.run
	@$(BIN)/wrapup demo $(if $(ONCE),--once)

test: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: $(VENV)/.test
	$(BIN)/wrapup faults run $(if $(CALLS),--calls $(CALLS))

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--no-annotate --strip-extras --allow-unsafe --constraint constraints.txt

lock: $(VENV)/.test
	$(BIN)/pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) --extra telemetry --output-file locks/api.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) --extra engine --extra telemetry --output-file locks/worker.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) --extra light --extra telemetry --output-file locks/light.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) --extra training --extra telemetry --output-file locks/trainer.txt pyproject.toml
	sed -i '/^# WARNING: pip install/,/^wrapup @/d' locks/trainer.txt  # ourselves, whom the extra names

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
