"""Putting kind and place right: who may, what follows, what stands on the timeline; merging across kinds."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from tasks.catalogue.catalogue import COMPLAINTS, OTHER, ensure_fixed_categories, propose
from tasks.enums import Action, Status, Triage
from tasks.models import Category, Task
from tasks.rates import day_counts
from tasks.workflow.notifications import notify_of_events
from tasks.workflow.rules.workflow import WORKFLOW
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def correct(task, by, **body):
    return make.act(task, Action.CORRECT, by, reason="看过现场", **body)


def test_what_stood_there_is_on_the_timeline(cast):
    old, new = make.category(name="噪音"), make.category(name="油烟")
    task = correct(
        make.task(cast, category=old), cast.community_worker, category=new, unit=cast.compound
    )
    assert (task.category, task.unit, task.status) == (new, cast.compound, Status.SUBMITTED)
    event = task.events.last()
    assert event.text == "看过现场"
    with translation.override("zh-hans"):
        assert (
            WORKFLOW.sentence(event) == f"类别 噪音 → 油烟、地点 {cast.building} → {cast.compound}"
        )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("community_worker", Status.SUBMITTED),
        ("grid_worker", Status.HANDLING),
        ("community_worker", Status.TAKEN),
        ("street_cadre", Status.WHISTLED),
        ("street_cadre", Status.REPORTED_IN),
        ("street_leader", Status.RATING),
    ],
)
def test_whoever_triages_or_dispatches_it(cast, who, status):
    kind = make.category()
    assert correct(make.task(cast, status), getattr(cast, who), category=kind).category == kind


@pytest.mark.parametrize("who", ["owner", "urban_officer", "secretary", "district_cadre", "member"])
def test_nobody_else(cast, who):
    with pytest.raises(NotAllowed):
        correct(make.task(cast, Status.REPORTED_IN), getattr(cast, who), category=make.category())


@pytest.mark.parametrize("status", [Status.CLOSED, Status.DECLINED, Status.WITHDRAWN])
def test_not_after_the_end(cast, status):
    with pytest.raises(WrongState):
        correct(make.task(cast, status), cast.community_worker, category=make.category())


def test_nothing_new_a_heading_and_a_place_of_others_are_refused(cast):
    task = make.task(cast)
    heading = make.category(is_selectable=False)
    for body, code in (
        ({}, "nothing_changed"),
        ({"category": task.category, "unit": task.unit}, "nothing_changed"),
        ({"category": heading}, "bad_category"),
        ({"unit": cast.sibling}, "bad_unit"),
        ({"unit": cast.other_community}, "bad_unit"),
        ({"unit": cast.street}, "bad_unit"),
    ):
        with pytest.raises(Refused) as refusal:
            correct(task, cast.community_worker, **body)
        assert refusal.value.code == code


def test_the_street_moves_it_within_the_street_and_the_sender_keeps_reading(cast):
    task = correct(make.task(cast, Status.WHISTLED), cast.street_cadre, unit=cast.sibling)
    assert (task.unit, task.triage) == (cast.sibling, Triage.COMMUNITY)
    assert Task.objects.sees(cast.community_worker, task)
    assert Task.objects.sees(cast.sibling_worker, task)
    task = correct(task, cast.street_cadre, unit=cast.street)
    assert task.triage == Triage.STREET
    with pytest.raises(Refused):
        correct(task, cast.street_cadre, unit=cast.other_community)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.HANDLING])
def test_what_goes_to_the_street_by_its_place_comes_back_by_it(cast, status):
    task = correct(make.task(cast, status), cast.street_cadre, unit=cast.street)
    assert task.triage == Triage.STREET
    assert correct(task, cast.street_cadre, unit=cast.building).triage == Triage.COMMUNITY


def test_the_exact_place_stays(cast):
    task = make.task(cast, lon=114.87, lat=30.45)
    task = correct(task, cast.community_worker, unit=cast.compound)
    assert (task.lon, task.lat) == (114.87, 30.45)


def test_proposals_follow(cast):
    kind = make.category()
    make.duty(cast.fire, kind)
    task = correct(make.task(cast, Status.WHISTLED), cast.street_cadre, category=kind)
    assert propose(task.category, cast.street).lead.department == cast.fire


def test_the_rates_of_its_days_follow(cast):
    task = make.task(cast)
    assert make.NOW.date() in day_counts.touched_days([task.pk])
    correct(task, cast.community_worker, category=make.category())
    assert make.NOW.date() in day_counts.touched_days([task.pk])


def test_what_turns_out_to_be_an_emergency_calls_at_once(cast):
    task = make.task(cast, Status.HANDLING)
    notify_of_events(make.NOW)
    task = correct(task, cast.community_worker, category=make.category(is_urgent=True))
    assert task.is_urgent is True
    notify_of_events(make.NOW)
    notices = Notice.objects.filter(kind="emergency")
    assert set(notices.values_list("recipient__username", flat=True)) == {
        "grid",
        "street",
        "leader",
    }


def test_the_page_proposes_what_stands_there_and_keeps_words_that_are_refused(page, cast):
    task = make.task(cast)
    address = f"/tasks/{task.number}/correct/"
    form = page(cast.community_worker).get(address).context["form"]
    assert (form["category"].value(), form["unit"].value()) == (task.category.code, task.unit.code)
    places = set(form.fields["unit"].queryset)
    assert {cast.community, cast.compound, cast.building, cast.other_compound} == places
    assert cast.sibling in set(
        page(cast.street_cadre).get(address).context["form"].fields["unit"].queryset
    )
    body = {"category": task.category.code, "unit": task.unit.code, "reason": "还是原来的"}
    refused = page(cast.community_worker).post(address, body)
    assert refused.status_code == 400
    assert "还是原来的" in refused.content.decode()


def test_the_api(cast, api):
    task, kind = make.task(cast), make.category(code="fumes")
    client = api(cast.community_worker)
    address = f"/api/v1/tasks/{task.number}/correct/"
    assert client.post(address, {"category": "fumes"}, format="json").status_code == 400
    body = {"category": "fumes", "unit": cast.compound.code, "reason": "看过现场"}
    answer = client.post(address, body, format="json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["category"], answer.json()["unit"]) == (kind.code, cast.compound.code)
    assert api(cast.owner).post(address, body, format="json").status_code == 403
    again = client.post(address, body, format="json")
    assert (again.status_code, again.json()["code"]) == (400, "nothing_changed")


# --- Other -----------------------------------------------------------------------------------------


def other():
    return Category.objects.get(code=OTHER)


def test_other_always_exists_and_can_be_chosen(db):
    assert other().name == "其他"
    Category.objects.filter(code="other").delete()
    ensure_fixed_categories()
    assert other().is_selectable is True
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.filter(code="other").update(is_selectable=False)


def test_other_goes_all_the_way(cast):
    task = make.task(cast, Status.REPORTED_IN, category=other())
    assert task.lead_part.department == cast.urban


def test_whatever_is_looked_for_other_is_offered(page, cast):
    shown = page(cast.owner).get("/report/categories/?q=养老金").content.decode()
    assert 'value="other"' in shown


# --- Merging across kinds --------------------------------------------------------------------------


def test_merging_across_kinds_asks(page, cast):
    task, into = make.task(cast), make.task(cast)
    browser, address = page(cast.community_worker), f"/tasks/{task.number}/merge/"
    assert "across" not in browser.get(address).context["form"].fields
    asked = browser.post(address, {"number": into.number})
    assert (asked.status_code, list(asked.context["form"].errors)) == (400, ["across"])
    assert task.category.name in asked.content.decode()
    assert browser.post(address, {"number": into.number, "across": "on"}).status_code == 302
    task.refresh_from_db()
    assert task.merged_into == into


def test_merging_within_a_kind_does_not_ask(page, cast):
    kind = make.category()
    task, into = make.task(cast, category=kind), make.task(cast, category=kind)
    address = f"/tasks/{task.number}/merge/"
    assert page(cast.community_worker).post(address, {"number": into.number}).status_code == 302


def test_the_api_merges_as_it_is_asked_and_says_so_where_it_shall_not_across(api, cast):
    """The fixed body stays `{into}`; `across` false asks before two kinds become one."""
    task, into = make.task(cast), make.task(cast)
    client, address = api(cast.community_worker), f"/api/v1/tasks/{task.number}/merge/"
    asked = client.post(address, {"into": into.number, "across": False}, format="json")
    assert (asked.status_code, asked.json()["code"]) == (400, "other_kind")
    assert list(asked.json()["errors"]) == ["across"]
    assert (
        client.post(address, {"into": into.number, "across": True}, format="json").status_code
        == 200
    )
    plain = make.task(cast)
    address = f"/api/v1/tasks/{plain.number}/merge/"
    assert client.post(address, {"into": into.number}, format="json").status_code == 200


# --- Complaints ------------------------------------------------------------------------------------


def test_the_street_receives_complaints_wherever_they_are_about(cast):
    kind = Category.objects.get(code=COMPLAINTS)
    assert make.task(cast, category=kind).triage == Triage.STREET
    task = correct(make.task(cast), cast.community_worker, category=kind)
    assert task.triage == Triage.STREET
    with pytest.raises(NotAllowed):
        make.act(task, Action.ACCEPT, cast.community_worker)
    assert make.act(task, Action.ACCEPT, cast.street_cadre).status == Status.HANDLING


def test_a_complaint_leaves_the_hands_of_the_community(cast):
    task = make.act(make.task(cast), Action.ASSIGN, cast.community_worker, person=cast.grid_worker)
    task = correct(task, cast.community_worker, category=Category.objects.get(code=COMPLAINTS))
    assert (task.triage, Task.objects.get(pk=task.pk).handed_to) == (Triage.STREET, None)


# --- Somebody's reports ----------------------------------------------------------------------------


def test_a_persons_reports_stand_on_the_persons_page_and_the_homes(page, cast):
    home = make.household(cast.building)
    person = make.resident(cast.building, phone="13800005678", account=cast.owner)
    make.belonging(person, home)
    by_account = make.task(cast)
    by_telephone = make.task(
        cast, by=cast.community_worker, contact_name="沈先生", contact_phone="13800005678"
    )
    make.task(cast, by=cast.neighbour)
    for address in (f"/people/{person.pk}/", f"/households/{home.code}/"):
        shown = page(cast.community_worker).get(address).content.decode()
        assert by_account.number in shown
        assert by_telephone.number in shown
    [panel] = page(cast.community_worker).get(f"/people/{person.pk}/").context["panels"]
    assert {task.pk for task in panel.values["tasks"]} == {by_account.pk, by_telephone.pk}
    assert page(cast.owner).get(f"/people/{person.pk}/").context["panels"] == []
