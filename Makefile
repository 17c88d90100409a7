# bbic-bridge: `make` alone prints this help.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
UV_COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11

.PHONY: help demo test chaos broken lint bench lock clean

help:  ## Print the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

.venv/.installed: requirements/dev.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing the hash-locked dependencies into .venv ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

demo: .venv/.installed  ## Carry the handbook's cases through both vendor systems, break one, repair it
	@$(BIN)/bbic-bridge demo

test: .venv/.installed  ## Run every test, with real Redis, PostgreSQL, workers and HTTP
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

chaos: .venv/.installed  ## Pull every plug for MINUTES (30), by SEED (1), on both databases; balance the books
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --minutes $(or $(MINUTES),30)

broken: .venv/.installed  ## Break every promise on purpose, one at a time; demand that its test fails
	@$(BIN)/python -m tests.broken --jobs $(or $(JOBS),2) $(if $(TOPIC),--topic "$(TOPIC)")

lint: .venv/.installed  ## ruff, mypy (strict) and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: .venv/.installed  ## Measure speed against plain counterparts in one run; writes bench/results
	@$(BIN)/python -m bench

lock:  ## Make the hash-locked requirements again (needs uv)
	$(UV_COMPILE) pyproject.toml -o requirements/runtime.txt
	$(UV_COMPILE) --group dev pyproject.toml -o requirements/dev.txt
	$(UV_COMPILE) requirements/build.in -o requirements/build.txt

clean:  ## Remove what the other targets made
	rm -rf .venv var bench/results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
