# Everything that is done with the portal. A new machine needs Python >= 3.11 (with venv) and make.

PY := .venv/bin/python
PORT ?= 8000
export PORT
# The embedded engines, whatever the shell names.
EMBEDDED := env -u DATABASE_URL -u REDIS_URL
SERVICES := DATABASE_URL="$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}" \
	REDIS_URL="$${REDIS_URL:-redis://127.0.0.1:6379/0}"

.DEFAULT_GOAL := help
.PHONY: help run test test-noun coverage test-services e2e pictures bench soak restore-drill lint types imports migrations-check \
	translations-check locks-check containers-check proxy-check lock setup python packages translations

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-20s %s\n", $$1, $$2}' Makefile

run: setup .env  ## set up, load the demo district once, serve on 127.0.0.1 (PORT=8000)
	@exec $(PY) manage.py run_portal

test: setup  ## the suite on the embedded engines
	@$(EMBEDDED) $(PY) -m pytest

test-noun: setup  ## the tests of one noun (NOUN=residents/care)
	@test -n "$(NOUN)" -a -d "tests/$(NOUN)" || \
		{ echo "Name a folder of tests, as in: make test-noun NOUN=residents/care"; exit 1; }
	@$(EMBEDDED) $(PY) -m pytest "tests/$(NOUN)"

coverage: setup  ## the suite, then which lines and templates it never ran
	@$(EMBEDDED) $(PY) -m pytest --cov --cov-report=term:skip-covered

test-services: setup  ## what asks a database, and tests/services, on PostgreSQL and Redis
	@$(SERVICES) $(PY) -m pytest -o addopts="-p tests.environment -q" -n 2 --dist loadfile \
		--ignore=tests/e2e --ignore=tests/proxy tests

e2e: setup  ## the pages in a real browser
	@$(EMBEDDED) $(PY) -m pytest -o addopts="-p tests.environment -q" -n 2 tests/e2e

pictures: setup  ## the pictures of README and guides, anew from the demo
	@$(EMBEDDED) UPDATE_IMAGES=1 $(PY) -m pytest -o addopts="-p tests.environment -q" \
		tests/e2e/test_story.py::test_one_whistle tests/e2e/test_lift_story.py \
		tests/e2e/test_votes_pages.py tests/e2e/test_assessment_story.py \
		tests/e2e/test_dashboard_pages.py tests/e2e/test_service_story.py \
		tests/e2e/test_forms_story.py

bench: setup  ## speed, on PostgreSQL
	@$(SERVICES) $(PY) -m bench

soak: setup  ## an hour of load with kills (SOAK_SECONDS, SOAK_SEED, SOAK_ENGINE=embedded or services)
	@$(SERVICES) $(PY) -m bench.soak

restore-drill: setup .env  ## restore a backup beside the portal, and compare
	@$(PY) manage.py restore_drill

lint: setup  ## style
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: setup .env  ## types
	@$(PY) -m mypy

imports: setup .env  ## which module may import which
	@.venv/bin/lint-imports

migrations-check: setup .env  ## models without their migration
	@$(PY) manage.py makemigrations --check --dry-run

translations-check: setup .env  ## texts without their translation
	@$(PY) manage.py check_translations

locks-check:  ## hosts in lock files
	@! grep -nE 'https?://|(^|[^a-z])(index-url|find-links|trusted-host)' requirements/*.txt || \
		{ echo "A requirements file names a host."; exit 1; }
	@! grep -nE '"resolved"' package-lock.json || { echo "package-lock.json names a registry."; exit 1; }

containers-check: setup  ## the Dockerfile and docker-compose.yml
	@.venv/bin/hadolint --no-color Dockerfile
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

proxy-check: setup  ## the proxy's file in a real nginx, before the portal
	@$(SERVICES) $(PY) -m pytest -o addopts="-p tests.environment -q" tests/proxy

lock: setup  ## resolve the newest versions and lock them with hashes
	@for part in base dev; do \
		.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-strip-extras \
			--generate-hashes --no-emit-index-url --no-header \
			--output-file requirements/$$part.txt requirements/$$part.in || exit 1; \
	done
	@$(NPM) install --package-lock-only --omit-lockfile-registry-resolved

# --- Setting up: each step runs again only when what it depends on has changed ---------------------

setup: python packages translations

python:
	@if ! $(PY) -c "" 2>/dev/null || ! cmp -s requirements/dev.txt .venv/installed.txt; then \
		found=; \
		for name in python3 python3.14 python3.13 python3.12 python3.11; do \
			if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				found=$$name; \
				$$name -c 'import venv, ensurepip' 2>/dev/null && break; \
			fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "The portal needs Python 3.11 or newer; install it (Debian: apt-get install python3 python3-venv)."; \
			exit 1; \
		fi; \
		if ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
			echo "$$found lacks venv; install it (Debian: apt-get install python3-venv)."; exit 1; \
		fi; \
		$(PY) -c "" 2>/dev/null || { echo "Making .venv ..."; $$found -m venv --clear .venv; } || exit 1; \
		echo "Installing Python packages (a minute or two the first time) ..."; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
			--no-compile -r requirements/dev.txt || exit 1; \
		cp requirements/dev.txt .venv/installed.txt; \
	fi

# A recent Node.js of the machine, or else the one that .venv carries.
NPM = $$(if node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && \
	command -v npm >/dev/null; then echo npm; else echo "env PATH=$(CURDIR)/.venv/bin:$$PATH npm"; fi)

packages: python
	@if ! cmp -s package-lock.json node_modules/installed.json; then \
		echo "Installing front-end packages ..."; \
		npm="$(NPM)"; $$npm ci --silent --no-audit --no-fund || exit 1; \
		cp package-lock.json node_modules/installed.json; \
	fi

translations: python
	@for source in locale/*/LC_MESSAGES/*.po; do \
		if [ -f "$$source" ] && [ ! "$${source%.po}.mo" -nt "$$source" ]; then \
			$(PY) -m babel.messages.frontend --quiet compile --directory locale --domain \
				"$$(basename $${source%.po})" --statistics || exit 1; \
		fi; \
	done

.env: | python
	@umask 077; $(PY) -c 'from secrets import token_urlsafe as new; print("DEBUG=0", "DEMO=1", "HTTPS=0", *(f"{name}={new(48)}" for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")), sep="\n")' > .env.new && mv .env.new .env
