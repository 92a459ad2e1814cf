"""The upgrade to compared names: of neighbours that had one name, the later gets a number, and it is told."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection

from orgs.models import AuditEntry, Unit
from tests import factories as make

upgrade = import_module("orgs.migrations.0007_compared_names")


def as_of_before(unit, name):
    """Gives a unit a name that its neighbour has: `update` leaves the comparing forms as they were."""
    path = unit.path_name.removesuffix(unit.name) + name
    Unit.objects.filter(pk=unit.pk).update(name=name, path_name=path)


def test_the_later_of_two_neighbours_is_renamed_with_its_paths_printed_and_audited(cast, capsys):
    inside = make.unit(cast.other_compound, name="1栋")
    as_of_before(cast.other_compound, "翡翠一品 小区")
    Unit.objects.filter(pk=inside.pk).update(path_name="西湖街道 西湖社区 翡翠一品 小区 1栋")
    upgrade.fill(apps, SimpleNamespace(connection=connection))
    first, later = (
        Unit.objects.get(pk=cast.compound.pk),
        Unit.objects.get(pk=cast.other_compound.pk),
    )
    assert (first.name, later.name) == ("翡翠一品小区", "翡翠一品 小区（2）")
    inside.refresh_from_db()
    assert inside.path_name == "西湖街道 西湖社区 翡翠一品 小区（2） 1栋"
    assert Unit.objects.filter(name_key=later.name_key).get() == later
    printed = capsys.readouterr().out
    change = "翡翠一品 小区 -> 翡翠一品 小区（2）"
    assert printed == f"\n  orgs.rename_unit orgs.unit {later.pk}: {change}"
    entry = AuditEntry.objects.get(action="orgs.rename_unit")
    assert (entry.actor, entry.object_type, entry.object_id) == ("", "orgs.unit", str(later.pk))
    assert entry.detail == {
        "from": "翡翠一品 小区",
        "to": "翡翠一品 小区（2）",
        "upgrade": True,
    }


def test_an_upgrade_that_renames_nothing_says_nothing(cast, capsys):
    upgrade.fill(apps, SimpleNamespace(connection=connection))
    assert capsys.readouterr().out == ""
    assert AuditEntry.objects.filter(detail__upgrade=True).count() == 0
