# The commands a person types. `make help` lists them.
SHELL := /bin/sh
PYTHON := $(shell for p in $${PYTHON:-python3} python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
OCR := .venv/.ocr
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
WITH_OCR = $(PIP) install --no-deps --require-hashes -r requirements-ocr.lock && touch $(OCR)
RESOLVE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q

.DEFAULT_GOAL := help
.PHONY: help run test check format bench drill ui docs ocr lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## everything from nothing: environment, sample site, one nightly run, a summary
	@$(BIN)/gongkai run sample

test: $(READY) ## the whole test suite
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY) ## format, lint, types, import contracts, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m schemas.data_dictionary --check

format: $(READY) ## format the code and repair what the linter can
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

bench: $(READY) ## reports per second beside references in the same run, and what orchestration costs
	@$(BIN)/python -m benchmarks

drill: $(READY) ## break server, workers, database, storage and disks in turn; the report is rewritten (root, PostgreSQL)
	@$(BIN)/python -m tests.drills --page docs/measurements/drills.md

ui: $(READY) ## the Prefect UI with the deployments, until Ctrl-C
	@$(BIN)/gongkai serve

docs: $(READY) ## rewrite the generated pages
	@$(BIN)/python -m schemas.data_dictionary

ocr: $(READY) ## add what reads scanned reports (about 200 MB; the models are inside the packages)
	@$(WITH_OCR)

lock: $(READY) ## resolve the dependencies again and write the lock files
	@$(RESOLVE) --extra dev --upgrade -o requirements.lock
	@cp requirements.lock requirements-ocr.lock # so that what both hold has one version
	@$(RESOLVE) --extra ocr -o requirements-ocr.lock

clean: ## remove the environment and the caches (the lake stays)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "gongkai needs Python 3.11 or newer: install it, or name it with PYTHON=…" >&2; exit 2; }
	@echo "setting up .venv from requirements.lock (a minute or two, once)"
	@had_ocr=$$(test -e $(OCR) && echo yes); \
	$(PYTHON) -m venv --clear .venv && \
	$(PIP) install --no-deps --require-hashes -r requirements.lock && \
	$(PIP) install --no-index --no-build-isolation --no-deps --editable . && \
	{ test -z "$$had_ocr" || { $(WITH_OCR); }; }
	@touch $@
