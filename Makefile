# Two commands a newcomer needs: `make demo` and `make test`. Both set everything up first.
# While writing code: `make quick` (the pure rooms), `make test-fast` (all but journeys).
PYTHON ?= python3
BIN := .venv/bin
PURE := $(addprefix tests/, unit property reference spec test_repository.py)
SPREAD := -n auto --dist loadfile --no-loadscope-reorder  # whole files, in the order of collection: journeys first

.PHONY: setup demo test test-fast quick check lock clean browser java

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Barometer needs Python 3.11 or newer; found $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11."; exit 1; }
	@echo "Setting up .venv from requirements.lock ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@sh tools/fetch-assets.sh
	@touch $@

demo: setup
	@$(BIN)/barometer demo

browser:
	@sh tools/ensure-browser.sh

java:
	@sh tools/ensure-java.sh

check: setup
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

test: setup browser java check
	@$(BIN)/pytest $(SPREAD)

test-fast: setup
	@$(BIN)/pytest $(SPREAD) -m "not journey"

quick: setup
	@HYPOTHESIS_PROFILE=quick $(BIN)/pytest $(SPREAD) -m "not journey and not thorough" $(PURE)

lock:
	uv pip compile pyproject.toml --extra dev --extra spark --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade -o requirements.lock

clean:
	rm -rf .venv node_modules build releases .mypy_cache .ruff_cache .pytest_cache .hypothesis
