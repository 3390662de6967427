# SPDX-License-Identifier: AGPL-3.0-only
# The only entry points one needs. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APE := $(BIN)/ape
UV := $(BIN)/uv
DATA ?=
PYTEST_ARGS ?=
ARGS ?=

# natrix and the scripts call `vyper`, `python` and `anvil` by name.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
# ape-vyper's settings class warns about itself at every start; nothing here can mend it.
export PYTHONWARNINGS := ignore:Field 'import_remapping'
ifneq ($(DATA),)
export HASHRATE_DATA := $(abspath $(DATA))
endif

# without Node.js everything that needs the page or a node is skipped
PAGE := $(if $(shell command -v npm 2>/dev/null),web)

PYTHON_STAMP := $(VENV)/.stamp
NODE_STAMP := node_modules/.stamp
WEB_STAMP := web/node_modules/.stamp
BUILD_STAMP := .build/.stamp
PAGE_STAMP := web/dist/.stamp
VYPER_SOURCES := $(shell find contracts -name '*.vy' -o -name '*.vyi' 2>/dev/null)
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' \
	-not -path 'web/src/generated/*' 2>/dev/null)
PRODUCT := commands hashrate maker oracles reference relay scripts simulation
PY_SOURCES := $(wildcard benchmarks commands hashrate maker oracles reference relay scripts simulation testing tests tools)
TYPED_SOURCES := $(wildcard benchmarks commands hashrate maker oracles reference relay simulation tools)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-python setup-node build lock demo test test-long bench web devnet \
	lint lint-python lint-walls lint-contracts lint-spelling lint-rules lint-web \
	format clean wheel

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: setup-python setup-node ## install the locked environment (Python, and npm tools where npm is)

setup-python: $(PYTHON_STAMP)

setup-node: $(NODE_STAMP)

# Both locks are named: from Python 3.12 on, uv takes away a setuptools that no lock asks for, and
# then no wheel can be built. Compiled once: where Python may write no bytecode, every command and
# test process would do it anew. Made anew under a program that runs from it, that program would fail at its next import.
$(PYTHON_STAMP): bootstrap.lock locks/dev.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v in ((3, 11), (3, 12), (3, 13)) or \
		sys.exit("Python 3.11, 3.12 or 3.13 is needed, this is %d.%d: make PYTHON=python3.11" % v)'
	@used=$$(grep -ls '$(CURDIR)/$(VENV)/lib/' /proc/[0-9]*/maps 2>/dev/null | cut -d/ -f3 | xargs); \
		[ -z "$$used" ] || { echo "A lock changed, and programs still run from $(VENV): \
	end them first (process $$used)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r bootstrap.lock
	$(UV) --no-config pip sync --quiet --require-hashes --no-build-isolation --compile-bytecode \
		--python $(BIN)/python bootstrap.lock locks/dev.lock
	@touch $@

$(NODE_STAMP): package.json package-lock.json
	@if command -v npm >/dev/null; then \
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else \
		echo "npm not found: tests that need anvil or solc will be skipped"; \
	fi

# ape does not see that a module changed under a contract: compile everything, once per change.
$(BUILD_STAMP): $(PYTHON_STAMP) ape-config.yaml $(VYPER_SOURCES)
	$(APE) compile --force
	@mkdir -p $(@D) && touch $@

build: $(BUILD_STAMP) ## compile the contracts

$(WEB_STAMP): web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "The page is built with Node.js: install npm"; exit 1; }
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE_STAMP): $(BUILD_STAMP) $(WEB_STAMP) $(WEB_SOURCES) errors.toml
	cd web && npm run build
	@touch $@

web: $(PAGE_STAMP) ## the holder's page, static files in web/dist

# everything is resolved once, into dev.lock; what a program installs is a part of what was tested
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
lock: $(PYTHON_STAMP) ## resolve bootstrap.in and the extras of pyproject.toml into hashed locks
	$(LOCK) bootstrap.in -o bootstrap.lock
	$(LOCK) pyproject.toml --extra dev -o locks/dev.lock
	@for extra in oracles relay maker cli charts; do \
		$(LOCK) pyproject.toml --extra $$extra -c locks/dev.lock -o locks/$$extra.lock || exit 1; \
	done

wheel: $(PYTHON_STAMP) ## build the package that a reporter or a relay installs, in dist/
	$(UV) --no-config build --wheel --quiet --no-build-isolation --python $(BIN)/python -o dist .
	@rm -rf build hashrate.egg-info

demo: $(BUILD_STAMP) ## five weeks of two series, checked to the satoshi; DATA=<folder> for real days
	$(APE) run demo $(if $(DATA),--data "$(DATA)")

test: setup build $(PAGE) ## every test but the long ones; PYTEST_ARGS="-n 2 -k name" passes through
	$(BIN)/python -m pytest -m "not long" $(PYTEST_ARGS)

test-long: setup build ## state machines, 10^6 steps and more in all, and long tests; says how many and on which commit
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m "stateful or long" $(PYTEST_ARGS)
	@git log -1 --format='on commit %H' 2>/dev/null || true

lint: lint-python lint-walls lint-contracts lint-spelling lint-rules $(if $(PAGE),lint-web) ## all static checks

lint-python: $(PYTHON_STAMP)
	$(BIN)/ruff check $(PY_SOURCES)
	$(BIN)/ruff format --check $(PY_SOURCES)
	$(BIN)/mypy $(TYPED_SOURCES)

# nothing imports upward; what is imported is declared, and what is declared is imported
lint-walls: $(PYTHON_STAMP)
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry $(PRODUCT)
	$(BIN)/deptry --ignore DEP004 .
	$(BIN)/python -m tools.check_walls

lint-contracts: $(PYTHON_STAMP)
	$(BIN)/mamushi --line-length 100 --check contracts
	$(BIN)/natrix lint contracts

lint-spelling: $(PYTHON_STAMP)
	$(BIN)/codespell

lint-rules: $(PYTHON_STAMP)
	$(BIN)/python -m tools.check_errors
	$(BIN)/python -m tools.check_docs
	$(BIN)/python -m tools.check_reverts
	$(BIN)/python -m tools.check_links
	$(BIN)/python -m tools.check_languages
	$(BIN)/python -m tools.wrap_docs --check
	$(BIN)/python -m tools.generate_abi --check

lint-web: $(BUILD_STAMP) $(WEB_STAMP) ## types, style and unit tests of the holder's page; needs npm
	cd web && npm run lint && npm test

format: $(PYTHON_STAMP) ## format Python, Vyper and the docs in place
	$(BIN)/ruff check --fix $(PY_SOURCES)
	$(BIN)/ruff format $(PY_SOURCES)
	$(BIN)/mamushi --line-length 100 contracts
	$(BIN)/python -m tools.wrap_docs

bench: setup ## gas of whole transactions, ours beside the peers; ARGS=--explain says what on
	$(BIN)/python -m benchmarks.run $(ARGS)

devnet: setup build $(PAGE) ## a local chain where days pass, and the page; ARGS="--seconds 3 --port 8081"
	@$(APE) run devnet $(if $(DATA),--data "$(DATA)") $(ARGS)

clean: ## remove build output and caches, keep the environment
	rm -rf .build .hypothesis .import_linter_cache .mypy_cache build dist .pytest_cache .ruff_cache .coverage htmlcov
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune \
		-exec rm -rf {} +
