"""Property contracts: no two at once, profiles that follow them, who keeps and who reads."""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

import residents.migrations
from orgs.enums import PropertyMode
from orgs.errors import Refused, WrongState
from orgs.models import AuditEntry, CompoundProfile
from residents.enums import ContractKind, Relation
from residents.models import PropertyContract, PropertyFirm
from residents.organisations import contracts
from tests import factories as make
from tests.files import photo, upload

URL = "/api/v1/contracts/"
TODAY = make.NOW.date()
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def start(cast, kind=ContractKind.CONTRACT, firm="安居物业", starts=FIRST, by=None, **values):
    return contracts.start(
        compound=cast.compound,
        kind=kind,
        firm=firm,
        starts=starts,
        by=by or cast.community_worker,
        now=make.NOW,
        **values,
    )


def end(cast, contract, on=TODAY, reason="解聘"):
    return contracts.end(
        contract=contract, on=on, reason=reason, by=cast.community_worker, now=make.NOW
    )


def profile(cast) -> tuple[str, str]:
    found = CompoundProfile.objects.get(unit=cast.compound)
    return found.property_mode, found.property_firm


def test_a_profile_follows_its_contract(cast):
    CompoundProfile.objects.create(unit=cast.compound, year_built=2008)
    made = start(cast, ends=LAST, fee=185)
    assert profile(cast) == (PropertyMode.FIRM, "安居物业")
    assert made.fee_in_yuan == "1.85"
    end(cast, made)
    assert profile(cast) == (PropertyMode.FIRM, "安居物业")  # its last day is today
    contracts.follow(today=TODAY + timedelta(days=1))
    assert profile(cast) == (PropertyMode.NONE, "")
    assert CompoundProfile.objects.get().year_built == 2008


@pytest.mark.parametrize(
    ("kind", "firm", "mode"),
    [
        (ContractKind.INTERIM, "开发商物业", PropertyMode.FIRM),
        (ContractKind.TAKEOVER, "国资物业", PropertyMode.FIRM),
        (ContractKind.TAKEOVER, "", PropertyMode.COMMUNITY),
        (ContractKind.SELF_MANAGED, "", PropertyMode.SELF),
    ],
)
def test_every_kind_has_its_mode(cast, kind, firm, mode):
    start(cast, kind, firm)
    assert profile(cast) == (mode, firm)


def test_what_begins_later_is_followed_on_its_day(cast):
    start(cast, starts=TODAY + timedelta(days=10))
    assert profile(cast) == (PropertyMode.NONE, "")
    assert contracts.follow(today=TODAY + timedelta(days=10)) == 1
    assert profile(cast) == (PropertyMode.FIRM, "安居物业")
    assert contracts.follow(today=TODAY + timedelta(days=10)) == 0


def test_a_compound_that_never_had_a_contract_keeps_what_was_known(cast):
    CompoundProfile.objects.create(
        unit=cast.compound, property_mode=PropertyMode.FIRM, property_firm="旧物业"
    )
    assert contracts.follow(today=TODAY) == 0
    assert profile(cast) == (PropertyMode.FIRM, "旧物业")


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (FIRST, LAST),
        (FIRST - timedelta(days=90), FIRST),
        (LAST, None),
        (FIRST - timedelta(days=90), None),
    ],
)
def test_contracts_never_overlap(cast, starts, ends):
    start(cast, ends=LAST)
    with pytest.raises(Refused) as refused:
        start(cast, firm="另一家", starts=starts, ends=ends)
    assert refused.value.code == "overlaps"
    assert PropertyContract.objects.count() == 1
    assert PropertyFirm.objects.count() == 1


def test_the_next_contract_begins_the_day_after(cast):
    made = start(cast)
    end(cast, made, on=TODAY - timedelta(days=1))
    start(cast, firm="另一家", starts=TODAY)
    assert profile(cast) == (PropertyMode.FIRM, "另一家")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"firm": " "}, "firm"),
        ({"kind": ContractKind.SELF_MANAGED}, "firm"),
        ({"ends": FIRST - timedelta(days=1)}, "ends"),
        ({"fee": 100_01}, "fee"),
        ({"fee": -1}, "fee"),
    ],
)
def test_what_cannot_be_a_contract(cast, values, field):
    with pytest.raises(Refused) as refused:
        start(cast, **values)
    assert list(refused.value.fields) == [field]
    assert PropertyContract.objects.count() == 0


def test_a_credit_code_is_one_firms(cast):
    code = "91421100MA48XXXX1A"
    start(cast, credit_code=code.lower(), ends=LAST)
    assert PropertyFirm.objects.get().credit_code == code
    with pytest.raises(Refused) as refused:
        start(cast, firm="另一家", credit_code=code, starts=LAST + timedelta(days=1))
    assert refused.value.code == "firm_differs"


def test_an_end_lies_before_the_end(cast):
    made = start(cast, ends=LAST)
    with pytest.raises(Refused):
        end(cast, made, on=FIRST - timedelta(days=1))
    with pytest.raises(Refused):
        end(cast, made, reason=" ")
    with pytest.raises(WrongState):
        end(cast, made, on=LAST)
    assert PropertyContract.objects.get().ends == LAST


def test_only_compounds_have_contracts(cast):
    with pytest.raises(Refused) as refused:
        contracts.start(
            compound=cast.community,
            kind=ContractKind.SELF_MANAGED,
            starts=FIRST,
            by=cast.street_cadre,
            now=make.NOW,
        )
    assert refused.value.code == "not_a_compound"


@pytest.mark.parametrize(
    "wrong",
    [
        {"firm": None},
        {"kind": "self_managed", "firm_name": "x"},
        {"ends": date(2024, 1, 1)},
        {"kind": "other"},
    ],
)
def test_the_database_refuses_what_cannot_be(cast, wrong):
    values = dict(wrong)
    if values.pop("firm_name", ""):
        values["firm"] = make.firm()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.contract(cast.compound, **values)


# --- Who keeps, who reads -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("community_worker", 201), ("street_cadre", 201), ("grid_worker", 403),
        ("property_clerk", 403), ("committee_member", 403), ("sibling_worker", 403),
        ("sibling_cadre", 403), ("outsider", 403),
    ],
)  # fmt: skip
def test_who_enters_a_contract(api, cast, who, status):
    sent = {"compound": cast.compound.code, "kind": "self_managed", "starts": "2026-01-01"}
    answer = api(getattr(cast, who)).post(URL, sent, format="json")
    assert answer.status_code == status
    assert PropertyContract.objects.count() == (status == 201)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("community_worker", 200), ("property_clerk", 403), ("committee_member", 403),
        ("sibling_worker", 404), ("sibling_cadre", 404), ("outsider", 404),
    ],
)  # fmt: skip
def test_who_ends_a_contract_over_the_api(api, cast, who, status):
    made = make.contract(cast.compound)
    sent = {"on": "2026-03-10", "reason": "解聘"}
    answer = api(getattr(cast, who)).post(f"{URL}{made.pk}/end/", sent, format="json")
    assert answer.status_code == status
    made.refresh_from_db()
    assert (made.ends is not None) == (status == 200)


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("property_clerk", 1), ("committee_member", 1), ("grid_worker", 2), ("street_cadre", 2),
        ("sibling_worker", 0), ("sibling_cadre", 0), ("outsider", 0),
    ],
)  # fmt: skip
def test_who_reads_which_contracts(api, cast, who, number):
    make.contract(cast.compound)
    make.contract(cast.other_compound)
    cast.grid.units.add(cast.other_compound)
    assert len(api(getattr(cast, who)).get(URL).json()["results"]) == number


def test_the_list_is_narrowed_to_a_unit(api, cast):
    one = make.contract(cast.compound)
    make.contract(cast.other_compound)
    client = api(cast.community_worker)
    (found,) = client.get(URL, {"unit": cast.compound.code}).json()["results"]
    assert (found["id"], found["firm"]) == (one.pk, one.firm.name)
    unknown = client.get(URL, {"unit": "nowhere"})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["unit"])


@pytest.mark.parametrize("number", [1, 30])
def test_a_list_costs_the_same(api, cast, number, django_assert_num_queries):
    for _number in range(number):
        make.contract(make.unit(cast.community))
    client = api(cast.community_worker)
    with django_assert_num_queries(2):
        answer = client.get(URL)
    assert len(answer.json()["results"]) == number


def test_the_pages_enter_and_end_a_contract(page, cast):
    client = page(cast.community_worker)
    address = f"/units/{cast.compound.code}/contracts/"
    sent = {
        "kind": "contract", "firm": "安居物业", "starts": "2026-01-01", "fee": "1.85",
        "photo": upload(photo()),
    }  # fmt: skip
    assert client.post(f"{address}add/", {**sent, "fee": "1.855"}).status_code == 400
    sent["photo"] = upload(photo())
    assert client.post(f"{address}add/", sent).status_code == 302
    made = PropertyContract.objects.get()
    assert (made.fee, made.document is not None) == (185, True)
    client.post(f"/contracts/{made.pk}/end/", {"on": "2026-03-10", "reason": "解聘"})
    text = client.get(address).content.decode()
    for shown in ("安居物业", "1.85", "解聘"):
        assert shown in text


def test_the_paper_is_for_those_who_work_with_it(page, cast):
    client = page(cast.community_worker)
    sent = {
        "kind": "contract",
        "firm": "安居物业",
        "starts": "2026-01-01",
        "photo": upload(photo()),
    }
    client.post(f"/units/{cast.compound.code}/contracts/add/", sent)
    paper = f"/media/{PropertyContract.objects.get().document_id}/"
    make.belonging(
        make.resident(cast.building, account=cast.neighbour),
        make.household(cast.building),
        Relation.OWNER,
        verified_by=cast.community_worker,
        verified_at=make.NOW,
    )
    seen = {
        who: page(getattr(cast, who)).get(paper).status_code
        for who in ("property_clerk", "committee_member", "grid_worker", "neighbour", "outsider")
    }
    assert seen == {
        "property_clerk": 200, "committee_member": 200, "grid_worker": 200,
        "neighbour": 404, "outsider": 404,
    }  # fmt: skip
    text = page(cast.neighbour).get(f"/units/{cast.compound.code}/contracts/").content.decode()
    assert "安居物业" in text
    assert paper not in text
    assert page(cast.outsider).get(f"/units/{cast.compound.code}/contracts/").status_code == 403


def test_what_is_done_is_audited(cast):
    end(cast, start(cast))
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"residents.start-contract", "residents.end-contract"} <= set(actions)


def contracts_of_profiles():
    """The step of the migration that made contracts of what profiles knew."""
    (file,) = Path(residents.migrations.__path__[0]).glob("*_bodies_contracts_coverage.py")
    return import_module(f"residents.migrations.{file.stem}").contracts_of_profiles


def test_what_profiles_knew_became_contracts(cast):
    known = {
        cast.compound: (PropertyMode.FIRM, "安居物业"),
        cast.other_compound: (PropertyMode.COMMUNITY, ""),
        make.unit(cast.community): (PropertyMode.SELF, ""),
        make.unit(cast.sibling): (PropertyMode.FIRM, ""),
        make.unit(cast.sibling): (PropertyMode.NONE, ""),
    }
    for unit, (mode, firm) in known.items():
        CompoundProfile.objects.create(unit=unit, property_mode=mode, property_firm=firm)
    contracts_of_profiles()(apps, None)
    made = PropertyContract.objects.order_by("pk")
    assert [(one.kind, str(one.firm)) for one in made] == [
        ("contract", "安居物业"), ("takeover", "None"), ("self_managed", "None"),
    ]  # fmt: skip
    assert contracts.follow(today=timezone.localdate()) == 0


@pytest.mark.parametrize("ends", ["9999-12-31", "0001-01-01"])
def test_days_that_no_calendar_counts_with_are_asked_for_again(cast, page, api, ends):
    sent = {"kind": "contract", "firm": "新城物业", "starts": "2026-01-01", "ends": ends}
    answer = page(cast.community_worker).post(f"/units/{cast.compound.code}/contracts/add/", sent)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["ends"]
    body = sent | {"unit": cast.compound.code}
    answer = api(cast.community_worker).post("/api/v1/contracts/", body, format="json")
    assert (answer.status_code, "ends" in answer.json()["errors"]) == (400, True)
    assert not PropertyContract.objects.exists()


def test_a_day_known_already_stands_in_its_field(cast, page):
    contract = make.contract(cast.compound)
    answer = page(cast.community_worker).get(f"/contracts/{contract.pk}/end/")
    today = timezone.localdate().isoformat()
    assert f'type="date" name="on" value="{today}"' in answer.content.decode()
