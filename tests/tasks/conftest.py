"""Upgrades of databases that older versions filled."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from orgs.db import append_only


class StepByStep(MigrationLoader):
    """The migrations one by one, as older databases went through them."""

    def load_disk(self) -> None:
        super().load_disk()
        squashed = {key: one for key, one in self.disk_migrations.items() if one.replaces}
        self.disk_migrations = {
            key: one for key, one in self.disk_migrations.items() if key not in squashed
        }
        # Whatever was written since depends on the last of those that a squashed one stands for.
        for one in self.disk_migrations.values():
            one.dependencies = [
                squashed[key].replaces[-1] if key in squashed else key for key in one.dependencies
            ]


def executor() -> MigrationExecutor:
    step_by_step = MigrationExecutor(connection)
    step_by_step.loader = StepByStep(connection)
    return step_by_step


@pytest.fixture
def migrate(transactional_db):
    """migrate(targets): goes there, or to the end, and gives the models of that day."""

    def to(targets=None):
        steps = executor()
        return steps.migrate(targets or steps.loader.graph.leaf_nodes()).apps.get_model

    yield to
    to()
    append_only.protect()
