# Casework. `make run` serves it, `make test` proves it; both need only make and Python 3.11 or later.
# Settings: HOST, PORT, CASEWORK_INSTANCE (default instance/), DATABASE_URL (default SQLite in it).

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
FLASK := $(BIN)/flask --app casework
PIP := $(PYTHON) -m pip --quiet --disable-pip-version-check --no-input
INSTALL := $(PIP) install --no-deps --require-hashes --only-binary :all: -r
BUILD := $(PIP) install --no-deps --require-hashes --no-build-isolation -r
SOURCES := benchmarks casework config.py gunicorn.conf.py migrations tests

.PHONY: run practice setup serve test unit browser lint lint-style lint-types lint-imports lint-safety
.PHONY: lint-templates lint-words format bench catalogues tools ci clean
.DEFAULT_GOAL := run
.NOTPARALLEL:

run: setup serve ## sets up what is missing, then serves; run again, it keeps what was entered

practice: setup ## the demonstration as it was on the first day, then serves
	@umask 077; $(FLASK) demo reset
	@$(MAKE) --no-print-directory serve

setup: $(VENV)/run.stamp catalogues
	@umask 077; $(PYTHON) -m casework.cli.keys
	@umask 077; $(FLASK) setup

serve: $(VENV)/run.stamp
	@$(FLASK) demo accounts
	@exec $(BIN)/gunicorn -c gunicorn.conf.py 'casework:create_app()'

test: $(VENV)/test.stamp tools lint unit browser ## everything

unit: $(VENV)/test.stamp catalogues
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "not browser"

browser: $(VENV)/test.stamp catalogues
	$(PYTHON) -m pytest -m browser

lint: lint-style lint-types lint-imports lint-safety lint-templates lint-words ## all that needs no run

lint-style: $(VENV)/test.stamp
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

lint-types: $(VENV)/test.stamp
	$(BIN)/mypy

lint-imports: $(VENV)/test.stamp
	$(BIN)/lint-imports --no-logo

lint-safety: $(VENV)/test.stamp
	$(BIN)/bandit -q -c pyproject.toml -r casework config.py gunicorn.conf.py migrations

lint-templates: $(VENV)/test.stamp
	$(BIN)/djlint --quiet --lint templates

lint-words: $(VENV)/test.stamp
	$(PYTHON) -P casework/cli/catalogues.py check

format: $(VENV)/test.stamp ## lays the code out
	$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/test.stamp catalogues ## what a request costs, and of what
	$(PYTHON) -m benchmarks.run
	$(PYTHON) -m benchmarks.audit
	$(PYTHON) -m benchmarks.statistics

catalogues: $(VENV)/run.stamp
	@$(PYTHON) -P casework/cli/catalogues.py compile

tools: $(VENV)/test.stamp
	@$(PYTHON) -m tests.support.tools

ci: ## what must pass before anything lands
	@bash .ci/run

clean: ## removes everything that can be made again; never the instance folder
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find casework migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find casework/translations -name '*.mo' -delete

# The environment. A stamp is renewed when its list of packages changes.

$(VENV)/run.stamp: requirements.txt | $(PYTHON)
	@echo "Installing what Casework needs (once; about a minute)..."
	@$(INSTALL) $< || { echo "The packages could not be installed: see above, check the network, then start again." >&2; exit 1; }
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt requirements-source.txt | $(PYTHON)
	@echo "Installing what the tests need (once; about a minute)..."
	@$(INSTALL) $< && $(BUILD) requirements-source.txt || { echo "The packages could not be installed: see above, check the network, then start again." >&2; exit 1; }
	@touch $@ $(VENV)/run.stamp

$(PYTHON):
	@for python in python3.11 python3 python3.12 python3.13 python3.14; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found="$$python"; break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Casework needs Python 3.11 or later: install it (on Debian: apt-get install python3 python3-venv), then start again." >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "Python is here but cannot make an environment: install its venv module (on Debian: apt-get install python3-venv), then start again." >&2; exit 1; \
	fi; \
	"$$found" -m venv --clear $(VENV)
