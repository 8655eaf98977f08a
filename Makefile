# make demo    show it all: sandbox and product (PORT=9000 APP_PORT=8000 DATA=var BROWSER=1)
# make test    run every test, after getting what they need (TESTS=tests/unit for some;
#              they are shuffled: SHUFFLE=7 repeats an order; RERUNS=1 lets one that
#              fails try once more, and says so)
# make check   formatting, lint, types, import rules, then the tests with coverage
# make format  mend formatting and what lint can mend by itself
# make bench   measure and print a table
# make chaos   kill -9 and faults while people top up, then compare all books (SEED=
#              ORDERS=300 SECONDS=60)
# make pictures  make the pictures of docs/support.md anew
# make lock    resolve the dependencies anew into requirements.lock
# make clean   forget all that was made here, but for var/

PYTHON ?= python3
PORT ?= 9000
APP_PORT ?= 8000
DATA ?= var
BROWSER ?= 1
TESTS ?= tests
COVERAGE ?=
SHUFFLE ?=
RERUNS ?=
SEED ?=
ORDERS ?= 300
SECONDS ?= 60

UV_VERSION := 0.13.9
BIN := .venv/bin
UV := $(BIN)/uv --quiet
CODE := bot core webhooks sandbox tests
PYTEST := pytest -rsR --numprocesses=2 --dist=loadfile \
	$(if $(SHUFFLE),--randomly-seed=$(SHUFFLE)) $(if $(RERUNS),--reruns $(RERUNS))

.PHONY: demo test check static format-check lint types imports format bench chaos pictures lock clean

demo: .venv/installed
	@exec $(BIN)/python -m sandbox demo --port $(PORT) --app-port $(APP_PORT) \
		--data "$(DATA)" $(if $(filter 0,$(BROWSER)),--no-browser,--browser)

test: .venv/installed
	@$(BIN)/python -m tests.get_browser
	@$(if $(COVERAGE),$(BIN)/coverage erase)
	@$(BIN)/$(if $(COVERAGE),coverage run -m $(PYTEST),python -m $(PYTEST)) $(TESTS)
	@$(if $(COVERAGE),$(BIN)/coverage combine --quiet && $(BIN)/coverage report)

check: static
	@$(MAKE) --no-print-directory test COVERAGE=1

static: format-check lint types imports

format-check: .venv/installed
	@$(BIN)/ruff format --quiet --check $(CODE) || { echo "make format mends it."; exit 1; }

lint: .venv/installed
	@$(BIN)/ruff check --quiet $(CODE)

types: .venv/installed
	@$(BIN)/mypy --no-error-summary

imports: .venv/installed
	@$(BIN)/lint-imports --no-logo

format: .venv/installed
	@$(BIN)/ruff check --quiet --fix-only $(CODE)
	@$(BIN)/ruff format --quiet $(CODE)

bench: .venv/installed
	@$(BIN)/python -m tests.bench

chaos: .venv/installed
	@$(BIN)/python -m tests.chaos --orders $(ORDERS) --seconds $(SECONDS) \
		$(if $(SEED),--seed $(SEED))

pictures: .venv/installed
	@$(BIN)/python -m tests.runbook

lock: .venv/installed
	$(UV) pip compile --group dev pyproject.toml --generate-hashes \
		--no-emit-index-url -o requirements.lock

clean:
	rm -rf .venv .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache build dist
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# Made again whenever the lock changes. An interrupted run leaves no stamp.
.venv/installed: requirements.lock
	@command -v $(PYTHON) >/dev/null || \
		{ echo "This needs Python 3.11 or newer; there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("This needs Python 3.11 or newer; $(PYTHON) is %d.%d. Give another: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: on Debian and Ubuntu, apt-get install python3-venv." >&2; exit 1; }
	@echo "Installing into .venv, once ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@UV_COMPILE_BYTECODE=1 $(UV) pip sync --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
