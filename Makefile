# The list of commands. Everything they need is brought into .venv; only Python 3.11+ is taken for granted.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
SOURCES := src tests scripts bench hatch_build.py
PORT ?= 5000
# Certificates are those of the system, so that it works behind a proxy that has its own.
export UV_SYSTEM_CERTS ?= 1

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.core  ## Start the product: server and web interface on http://127.0.0.1:5000
	$(BIN)/mlflow server --port $(PORT)

test: $(VENV)/.dev  ## Pass the tests
	$(BIN)/pytest

check: $(VENV)/.dev  ## Format, lint, types, import contracts, OpenAPI, names
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m scripts.check_root_imports
	$(BIN)/python -m scripts.check_names
	$(BIN)/python -m scripts.generate --check

format: $(VENV)/.dev  ## Format the code
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

generate: $(VENV)/.dev  ## Write again what is made from the route table
	$(BIN)/python -m scripts.generate

ui: $(VENV)/.dev  ## Build the web interface
	$(BIN)/python hatch_build.py

compat: $(VENV)/.dev  ## Compare with MLflow itself, installed into .peers/
	$(BIN)/python -m tests.compat

flavors: $(VENV)/.dev  ## Test every model flavor with its library, installed into .flavors/
	$(BIN)/python -m tests.flavors --all

bench: $(VENV)/.dev  ## Measure side by side with MLflow, installed into .peers/
	$(BIN)/python -m bench

faults: $(VENV)/.dev  ## Let faults strike a real server: make faults ROUNDS=1000 DATABASE=postgresql
	$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),50) --database $(or $(DATABASE),sqlite) $(if $(SEED),--seed $(SEED))

docs: $(VENV)/.dev  ## Check that the examples of the documentation run
	$(BIN)/pytest tests/architecture/test_docs.py

lock: $(VENV)/.dev  ## Choose the newest versions of all dependencies
	$(UV) pip compile --quiet --universal --all-extras --group dev pyproject.toml \
	  --generate-hashes --no-header --upgrade -o requirements.lock

# An environment with what users install, and one with what developers need on top.
$(VENV)/.venv-made:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv $(VENV)
	@test -x "$(UV)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.core: $(VENV)/.venv-made pyproject.toml hatch_build.py
	$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.venv-made requirements.lock pyproject.toml hatch_build.py
	$(UV) pip sync --quiet --python $(BIN)/python requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@ $(VENV)/.core

.PHONY: help serve test faults check format generate ui compat flavors bench docs lock
