"""A form that is sent twice at one moment, two who edit one record, twins, and codes, in real races."""

import pytest
from django.test import Client
from django.utils import timezone

from orgs.accounts import one_time_codes
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.units import units
from residents.models import Person
from tasks.models import Task
from tests import factories as make
from tests.services.outcomes import outcome


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="orgs.backends.PositionBackend")
    return client


@pytest.mark.django_db(transaction=True)
def test_a_second_tap_at_the_same_moment_is_one_report(cast, at_once):
    kind = make.category(code="noise", name="噪音扰民")
    body = {"category": kind.code, "unit": cast.building.code, "text": "楼上半夜装修"}
    clients = [browser(cast.owner) for _tap in range(6)]
    answers = at_once(*[lambda one=one: one.post("/report/", body) for one in clients])
    assert {answer.status_code for answer in answers} == {302}
    assert (len({answer["Location"] for answer in answers}), Task.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_the_same_moment(cast, at_once):
    person = make.resident(cast.building, name="赵四", employment="在职")
    address = f"/people/{person.pk}/correct/"
    clients = [browser(cast.community_worker) for _editor in range(2)]
    forms = []
    for client, value in zip(clients, ("退休", "待业"), strict=True):
        context = client.get(address).context
        values = {
            name: context["form"][name].value()
            for name in context["form"].fields
            if context["form"][name].value() is not None
        }
        forms.append(values | {"shown": context["shown"], "employment": value})
    answers = at_once(
        *[
            lambda client=client, form=form: client.post(address, form)
            for client, form in zip(clients, forms, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Person.objects.get().employment in ("退休", "待业")


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment(cast, at_once):
    def add(name: str):
        return outcome(
            lambda: units.create(
                parent=cast.compound, name=name, kind=UnitKind.BUILDING, by=cast.street_cadre
            )
        )

    results = at_once(*[add(name) for name in ("甲4栋", "甲４栋", "甲 4栋")])
    assert sorted(results) == ["done", "name_taken", "name_taken"]
    assert Unit.objects.filter(name_key="甲4栋").count() == 1


@pytest.mark.django_db(transaction=True)
def test_codes_to_one_telephone_at_the_same_moment(at_once):
    now = timezone.now()

    def send(number: int):
        return outcome(
            lambda: one_time_codes.send_code(phone="13900002222", purpose=f"task:{number}", now=now)
        )

    results = at_once(*[send(number) for number in range(8)])
    assert sorted(results) == ["done"] * 5 + ["too_often"] * 3
