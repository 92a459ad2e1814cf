"""The upgrade to compared names: firms written in two ways become one or are told apart, and it is told."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection

from orgs.models import AuditEntry
from residents.models import PropertyFirm
from tests import factories as make

upgrade = import_module("residents.migrations.0011_compared_names")


def run_upgrade():
    # The statement about constraints is for the tables that the migration alters next.
    upgrade.fill(apps, SimpleNamespace(connection=connection, execute=lambda _statement: None))


def called(firm, name):
    """Names a firm as another is named: `update` leaves the comparing form as it was."""
    PropertyFirm.objects.filter(pk=firm.pk).update(name=name)
    return firm


def changes(action):
    """What the audit keeps: which row, and from what to what."""
    return [
        (entry.object_id, entry.detail["from"], entry.detail["to"])
        for entry in AuditEntry.objects.filter(action=action, detail__upgrade=True)
    ]


def test_two_ways_of_writing_one_firm_become_one_with_the_contracts(cast, capsys):
    kept = make.firm(name="示范物业")
    twin = called(make.firm(credit_code="91420000MA4KXXXX1X"), "示范 物业")
    contract = make.contract(cast.compound, firm=twin)
    run_upgrade()
    contract.refresh_from_db()
    assert contract.firm == kept
    assert list(PropertyFirm.objects.values_list("name", "credit_code")) == [
        ("示范物业", "91420000MA4KXXXX1X")
    ]
    assert changes("residents.merge-firms") == [
        (str(kept.pk), f"示范 物业 ({twin.pk})", "示范物业")
    ]
    assert f"residents.merge-firms residents.propertyfirm {kept.pk}" in capsys.readouterr().out


def test_two_firms_with_codes_of_their_own_stay_two_and_are_told_apart(cast, capsys):
    make.firm(name="示范物业", credit_code="91420000MA4KXXXX1X")
    other = called(make.firm(credit_code="91420000MA4KXXXX2X"), "示范　物业")
    run_upgrade()
    other.refresh_from_db()
    assert other.name == "示范　物业（91420000MA4KXXXX2X）"
    assert changes("residents.rename-firm") == [(str(other.pk), "示范　物业", other.name)]
    assert f"residents.rename-firm residents.propertyfirm {other.pk}" in capsys.readouterr().out
