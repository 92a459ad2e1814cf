"""Auditors, and nobody else, read the audit."""

from datetime import datetime

import pytest
from django.utils import timezone

from orgs.audit import audit
from orgs.enums import AuditResult
from orgs.models import AuditEntry

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def entries(cast) -> list[AuditEntry]:
    """Two of the street cadre's, one refused, on two days."""
    return [
        audit.record("units.move", by=cast.street_cadre, obj=cast.compound, now=NOW),
        audit.record(
            "units.rename",
            by=cast.street_cadre,
            obj=cast.compound,
            result=AuditResult.REFUSED,
            now=NOW.replace(day=21),
        ),
        audit.record("attachments.store", by=cast.owner, now=NOW.replace(day=22)),
    ]


def listed(answer) -> list[str]:
    return [entry.action for entry, _record in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["attachments.store", "units.rename", "units.move"]),
        ("who=street", ["units.rename", "units.move"]),
        ("what=units.m", ["units.move"]),
        ("result=refused", ["units.rename"]),
        ("since=2026-05-21", ["attachments.store", "units.rename"]),
        ("until=2026-05-21", ["units.rename", "units.move"]),
        ("since=2026-05-21&until=2026-05-21", ["units.rename"]),
        ("record=0", []),
        ("since=nonsense", []),
    ],
)
def test_an_auditor_filters(cast, page, entries, query, expected):
    answer = page(cast.auditor).get(f"/audit/?{query}")
    assert answer.status_code == 200
    assert listed(answer) == expected


@pytest.mark.parametrize("who", ["admin", "street_cadre", "district_cadre", "owner"])
def test_others_are_refused_superusers_included(cast, page, who):
    assert page(getattr(cast, who)).get("/audit/").status_code == 403


def test_a_stranger_signs_in_first(cast, page):
    assert page().get("/audit/").status_code == 302


def test_pages_go_by_key_and_cost_the_same(cast, page, entries, django_assert_max_num_queries):
    for number in range(120):
        audit.record(f"tests.act{number:03}", by=None, now=NOW)
    client = page(cast.auditor)
    with django_assert_max_num_queries(10):
        first = client.get("/audit/")
    assert len(listed(first)) == 50
    second = client.get("/audit/" + first.context["page"].next)
    assert listed(second)[0] == "tests.act069"
    assert second.context["page"].previous


@pytest.mark.parametrize("model", ["auditentry", "auditseal"])
def test_the_admin_shows_it_to_auditors_only_and_changes_nothing(cast, page, entries, model):
    cast.auditor.is_staff = True
    cast.auditor.save()
    address = f"/admin/orgs/{model}/"
    assert page(cast.auditor).get(address).status_code == 200
    assert page(cast.admin).get(address).status_code == 403
    assert page(cast.auditor).get(f"{address}add/").status_code == 403
    assert (
        page(cast.auditor).post(f"/admin/orgs/auditentry/{entries[0].pk}/delete/").status_code
        == 403
    )
