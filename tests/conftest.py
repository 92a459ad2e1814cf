"""Fixtures of the whole suite. Its environment is set in tests/environment.py."""

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from governance.celery import app as celery_app
from tests import outbox
from tests.cast import Cast, make_cast
from tests.undefined_variables import Undefined


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail():
    """Before the first template is loaded: the engine reads its options once."""
    options = django_settings.TEMPLATES[0]["OPTIONS"]
    options["string_if_invalid"] = Undefined()
    yield
    del options["string_if_invalid"]


@pytest.fixture(autouse=True)
def _settings(settings):
    """Fast hashing, plain static files."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    cache.clear()
    outbox.sent.clear()


@pytest.fixture
def cast(db) -> Cast:
    """The fixed cast: two streets, their people, one department more than needed."""
    return make_cast()


@pytest.fixture
def page(cast):
    """A browser client signed in as somebody: page(cast.street)."""

    def sign_in(user=None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="orgs.backends.PositionBackend")
        return client

    return sign_in


@pytest.fixture
def api(cast):
    """An API client authenticated as somebody: api(cast.street)."""

    def sign_in(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture
def celery_eagerly():
    """Jobs run where they are queued; real workers are met in tests/services."""
    # Jobs are queued by name, so they have to be known by then.
    celery_app.loader.import_default_modules()
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = True
    yield
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = False


@pytest.fixture
def desk(page, cast):
    """A browser client of somebody who may open the admin site."""

    def sign_in(name: str):
        person = getattr(cast, name)
        person.is_staff = True
        person.save()
        return page(person)

    return sign_in
