# The portal as one image: web, worker, beat and every manage.py command. Nothing is compiled; Python
# packages are wheels with locked hashes. CI runs each command below outside containers
# (tests/services/test_containers.py), and `make containers-check` reads this file.

# --- Front-end packages -----------------------------------------------------------------------------
FROM node:22-bookworm-slim AS packages
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

# --- Python packages, and what is made of the source ------------------------------------------------
FROM python:3.12-slim-bookworm AS build
WORKDIR /portal
RUN python -m venv .venv
ENV PATH=/portal/.venv/bin:$PATH
COPY requirements/base.txt requirements/
RUN python -m pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --require-hashes -r requirements/base.txt
COPY --from=packages /portal/node_modules node_modules
COPY . .
# No secret is in the image: these only let the settings load, for this one command. Compiled here, for
# what runs writes no bytecode: compiling a thousand modules at each start costs a worker 17 MB.
RUN python -m babel.messages.frontend --quiet compile --directory locale --domain django && SECRET_KEY=build FIELD_KEYS=build BLIND_INDEX_KEY=build CODE_SENDER=build python manage.py collectstatic --noinput --verbosity 0 && python -m compileall -q --invalidation-mode unchecked-hash governance orgs residents tasks volunteers

# --- What runs ---------------------------------------------------------------------------------------
FROM python:3.12-slim-bookworm AS portal
# pg_dump and pg_restore, for backups. Debian keeps one version, so that a number here would only age.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
WORKDIR /portal
# The only folders that the portal writes to.
RUN install -d -o 10001 -g 10001 /media /backups /metrics
COPY --from=build /portal /portal
ENV PATH=/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/media
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "governance.wsgi"]
