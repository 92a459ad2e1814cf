"""Fixtures of the whole suite. Its environment is set in tests/environment.py."""

from collections.abc import Iterator

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import CacheHandler, cache
from django.core.cache.backends.base import BaseCache
from django.test import Client, SimpleTestCase, override_settings
from django.utils.connection import ConnectionProxy
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from governance.celery import app as celery_app
from orgs.values.sentences import Sentence, SentenceField, SentencesField
from tests import outbox
from tests.cast import Cast, SharedCast, make_cast
from tests.undefined_variables import Undefined

# How fast the machine is says nothing about what is tested. (What hypothesis sets by itself in CI stays.)
hypothesis_settings.register_profile(
    "unhurried",
    hypothesis_settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail():
    """Before the first template is loaded: the engine reads its options once."""
    options = django_settings.TEMPLATES[0]["OPTIONS"]
    options["string_if_invalid"] = Undefined()
    yield
    del options["string_if_invalid"]


@pytest.fixture(scope="session", autouse=True)
def _fast_settings():
    """Fast hashing, plain static files."""
    static_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=django_settings.STORAGES | {"staticfiles": static_files},
    ):
        yield


@pytest.fixture(autouse=True)
def _empty_stores():
    cache.clear()
    outbox.sent.clear()


# --- The cast: consecutive tests share its rows, inside a transaction around their own ------------

SHARED_CAST = pytest.StashKey[SharedCast]()


def shares_cast(item: pytest.Item | None) -> bool:
    """Whether a test needs the cast and is rolled back."""
    return item is not None and "cast" in getattr(item, "fixturenames", ()) and not commits(item)


def commits(item: pytest.Item) -> bool:
    """Whether a test commits; the tables are emptied after it."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or (
        marker is not None and marker.kwargs.get("transaction", False)
    )


# What reaches Redis: the broker, and what a page keeps between two requests.
REACHES_REDIS = {"broker_away", "live_server"}


def asks_the_database(item: pytest.Item) -> bool:
    """Whether a test may find something on one engine that it does not find on the other: it asks the
    database, or the cache or the broker, which are Redis beside PostgreSQL."""
    if item.get_closest_marker("same_on_each_engine"):
        return False
    return (
        "tests/services/" in item.path.as_posix()
        or not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("django_db") is not None
        or not REACHES_REDIS.isdisjoint(getattr(item, "fixturenames", ()))
        or uses_cache(item)
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


def uses_cache(item: pytest.Item) -> bool:
    """Whether the module of a test imports a cache."""
    module = vars(getattr(item, "module", None) or object)
    return any(
        isinstance(value, BaseCache | CacheHandler | ConnectionProxy) for value in module.values()
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share the cast run one after the other; those that commit stay the last.

    What asks no database runs once, on the embedded engines.
    """
    if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        once = [item for item in items if not asks_the_database(item)]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if asks_the_database(item)]
    items.sort(key=lambda item: (commits(item), shares_cast(item)))
    for item in filter(shares_cast, items):
        # Before pytest-django begins the test's own transaction. (Cases of one test share the list.)
        if item.fixturenames[0] != "_cast_is_there":
            item.fixturenames.insert(0, "_cast_is_there")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    try:
        yield
    finally:
        if SHARED_CAST in item.session.stash and not shares_cast(nextitem):
            item.session.stash[SHARED_CAST].leave()


@pytest.fixture(scope="session")
def _shared_cast(
    request, _fast_settings, django_db_setup, django_db_blocker
) -> Iterator[SharedCast]:
    shared = request.session.stash[SHARED_CAST] = SharedCast(django_db_blocker)
    yield shared
    # Before the database goes.
    shared.leave()


@pytest.fixture
def _cast_is_there(_shared_cast) -> None:
    _shared_cast.enter()


@pytest.fixture
def cast(db, _shared_cast) -> Cast:
    """The fixed cast: two streets, their people, one department more than needed."""
    return _shared_cast.copy() or make_cast()


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


@pytest.fixture(scope="session", autouse=True)
def _stored_sentences_can_be_translated():
    """No row keeps a sentence in the language of whoever acted: a translated text alone fails."""
    patch = pytest.MonkeyPatch()
    for kind in (SentenceField, SentencesField):

        def save(self, value, connection, store=kind.get_db_prep_save):
            for sentence in value.values() if isinstance(value, dict) else [value]:
                assert not sentence or isinstance(sentence, Sentence), (
                    f"in one language: {sentence!r}"
                )
            return store(self, value, connection)

        patch.setattr(kind, "get_db_prep_save", save)
    yield
    patch.undo()


@pytest.fixture
def celery_eagerly():
    """Jobs run where they are queued; real workers are met in tests/services."""
    # Jobs are queued by name, so they have to be known by then.
    celery_app.loader.import_default_modules()
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = True
    yield
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = False


@pytest.fixture
def broker_away():
    """Nothing listens where the broker should be; all else is as the portal sets it."""
    away = Celery("away")
    away.config_from_object("django.conf:settings", namespace="CELERY")
    away.conf.update(
        broker_url="redis://127.0.0.1:1/0",
        broker_transport=None,
        broker_transport_options=django_settings.REDIS_BROKER_OPTIONS,
    )
    away.set_current()
    yield
    celery_app.set_current()


@pytest.fixture
def desk(page, cast):
    """A browser client of somebody who may open the admin site."""

    def sign_in(name: str):
        person = getattr(cast, name)
        person.is_staff = True
        person.save()
        return page(person)

    return sign_in
