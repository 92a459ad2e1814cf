"""Filters of the API's lists: what nothing has is refused with the filter's name, never an empty list."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from orgs.enums import UnitKind
from orgs.models import Notice
from residents.enums import CareKind
from tests import factories as make
from tests.governance.test_guards import api_views

# Who may read a list, and what its filters take.
LISTS = {
    "tasks": ("community_worker", "unit", "status", "light", "channel", "category", "department"),
    "task-export": ("community_worker", "unit", "status"),
    "measures": ("street_cadre", "campaign", "state", "light", "lead"),
    "households": ("community_worker", "unit", "state"),
    "claims": ("community_worker", "state"),
    "bodies": ("community_worker", "unit"),
    "contracts": ("community_worker", "unit"),
    "care": ("community_worker", "unit", "kind", "ended"),
    "party_members": ("secretary", "unit", "member_class", "ended"),
    "building_posts": ("secretary", "unit", "role"),
    "links": ("secretary", "unit"),
    "notice-list": ("owner", "unread"),
    "units": ("owner", "kind", "parent"),
    "service_points": ("owner", "unit"),
    "landmarks": ("owner", "unit"),
    "polls": ("street_cadre", "unit", "state"),
    "topics": ("street_cadre", "unit", "stage", "decider"),
    "joint_meetings": ("street_cadre", "unit"),
    "activities": ("secretary", "unit", "state"),
    "service_orders": ("secretary", "unit", "status", "level"),
    "rings": ("secretary", "unit", "status", "level"),
    "report_ins": ("secretary", "unit", "status", "kind"),
    "month_results": ("secretary", "month"),
    "service_posts": ("secretary", "unit"),
    "service_items": ("owner", "kind", "use"),
}


@pytest.fixture
def ask(cast, api):
    make.care_reader(cast.community_worker, cast.community, CareKind.ASSISTANCE)

    def get(name: str, **filters: str):
        client = api(getattr(cast, LISTS[name][0]))
        return client.get(reverse(name), filters)

    return get


@pytest.mark.parametrize(
    ("name", "filter_"), [(name, one) for name, row in LISTS.items() for one in row[1:]]
)
def test_an_unknown_value_is_refused(ask, name, filter_):
    for value in ("nonsense", "%s", "100%"):
        answer = ask(name, **{filter_: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [filter_])


def test_every_list_with_filters_is_asked():
    filtered = {name for name, view in api_views() if getattr(view, "filterset_class", None)}
    # The rows of an import are asked where there is one: tests/residents/rosters.
    assert filtered - {"import_rows"} == LISTS.keys()


def test_no_list_reads_the_address_past_its_filters():
    reading = [
        str(path.relative_to(settings.BASE_DIR))
        for floor in ("orgs", "residents", "tasks", "volunteers")
        for path in sorted((Path(settings.BASE_DIR) / floor).rglob("*.py"))
        if "query_params" in path.read_text(encoding="utf-8")
    ]
    assert reading == [
        # Whether any filter is asked for.
        "orgs/api/filters.py",
        # The place in a list of another order.
        "orgs/api/pagination.py",
        # What is read is named, not narrowed.
        "residents/deliberation/polls/api/box.py",
        # The whole roll, or one's own entries.
        "residents/deliberation/polls/api/roll.py",
        "residents/organisations/api/coverage.py",
        # Notes the filters for the audit.
        "tasks/lists/api.py",
        # What the rates are of, read by the form of their page.
        "tasks/rates/api.py",
        # Which code, and which month, is asked for: one row, not a list.
        "volunteers/service/attendance/api.py",
        "volunteers/service/duty/api.py",
    ]


@pytest.mark.parametrize(
    ("ended", "wanted"), [("", 1), ("0", 1), ("false", 1), ("1", 2), ("true", 2)]
)
@pytest.mark.parametrize("name", ["care", "party_members"])
def test_ended_means_one_thing(cast, ask, name, ended, wanted):
    """Rows that have ended, instead of those that have not."""
    rows = {
        "care": lambda **values: make.care_entry(make.resident(cast.building), **values),
        "party_members": lambda **values: make.membership(
            make.resident(cast.building), cast.branch, **values
        ),
    }[name]
    over = {
        "care": {"ending": "moved", "ended_by": cast.admin, "ended_at": make.NOW},
        "party_members": {"ended_as": "left"},
    }[name]
    keys = [rows().pk, *(rows(ends=make.NOW.date(), **over).pk for _two in range(2))]
    answer = ask(name, **({"ended": ended} if ended else {}))
    found = [row["id"] for row in answer.json()["results"]]
    assert sorted(found) == (keys[1:] if wanted == 2 else keys[:1])


def test_unread_means_what_it_says(cast, ask):
    unread, read = (
        Notice.objects.create(
            recipient=cast.owner, kind="nobodys", key=str(number), at=make.NOW, read_at=when
        ).pk
        for number, when in enumerate((None, make.NOW))
    )
    found = {
        text: {row["id"] for row in ask("notice-list", unread=text).json()["results"]}
        for text in ("1", "0")
    }
    assert found == {"1": {unread}, "0": {unread, read}}


def test_known_values_narrow(cast, ask):
    kinds = ask("units", parent=cast.community.code, kind=UnitKind.COMPOUND).json()["results"]
    assert {row["code"] for row in kinds} == {cast.compound.code, cast.other_compound.code}
    assert ask("units", parent=cast.district.code).json()["results"][0]["kind"] == "street"
