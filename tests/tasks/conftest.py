"""Upgrades of databases that older versions filled."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from orgs.db import append_only


@pytest.fixture
def migrate(transactional_db):
    """migrate(targets): goes there and gives the models of that day; in the end all is as it was."""

    def to(targets):
        executor = MigrationExecutor(connection)
        return executor.migrate(targets).apps.get_model

    yield to
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    append_only.protect()
