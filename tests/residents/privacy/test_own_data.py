"""The copy of one's data: complete, one's own, nobody else's."""

import re
from urllib.parse import unquote
from uuid import uuid4

from orgs.models import AuditEntry
from residents.claims import claims
from residents.enums import ConsentPurpose, PrivateField, Relation
from residents.privacy import consents, unmasking
from residents.roll import visits
from tasks.models import Rating
from tests import factories as make


def test_a_copy_holds_all_of_mine_and_nothing_of_others(cast, page):
    number = make.id_number()
    home = make.household(cast.building)
    person = make.resident(
        cast.building, name="沈业主", id_number=number, phone="13800005678", account=cast.owner,
        note="独居", marital="single",
    )  # fmt: skip
    make.belonging(person, home)
    other = make.resident(cast.building, name="邹别人", phone="13911112222")
    make.belonging(other, home, Relation.TENANT)
    make.notice(cast)
    consents.consent(purpose=ConsentPurpose.ACCOUNT, given=True, by=cast.owner, now=make.NOW)
    second = make.household(cast.building)
    claims.claim(household=second, relation=Relation.OWNER, by=cast.owner, now=make.NOW)
    visits.log(
        household=home, person=person, on=make.NOW.date(), text="身体好", event_id=uuid4(),
        by=cast.grid_worker, now=make.NOW,
    )  # fmt: skip
    unmasking.reveal(
        person=person, field=PrivateField.PHONE, purpose="核对电话号码", by=cast.grid_worker,
        now=make.NOW,
    )  # fmt: skip
    make.link(cast, person, second)
    task = make.task(cast)
    Rating.objects.create(
        task=task, contacted=True, resolved=True, stars=5, by=cast.owner, at=make.NOW
    )

    client = page(cast.owner)
    fetched = client.post("/my-data/copy/", {"format": "json"})
    assert "我的信息" in unquote(fetched.headers["Content-Disposition"])
    copy = fetched.json()
    known = copy["person"]
    assert (known["id_number"], known["phone"], known["note"]) == (number, "13800005678", "独居")
    assert [one["home"] for one in known["homes"]] == [str(home)]
    assert [one["home"] for one in copy["contact_of_households"]] == [str(second)]
    assert [one["text"] for one in known["visits"]] == ["身体好"]
    assert [one["purpose"] for one in known["seen_by"]] == ["核对电话号码"]
    assert [one["home"] for one in copy["claims"]] == [str(second)]
    assert [one["purpose"] for one in copy["consents"]] == ["account"]
    assert [one["number"] for one in copy["reports"]] == [task.number]
    assert "邹别人" not in str(copy)
    assert "13911112222" not in str(copy)
    shown = client.post("/my-data/copy/", {"format": "page"}).content.decode()
    assert (home.code in shown, second.code in shown) == (False, False)
    for word in (
        "花名册",
        str(home),
        number,
        "独居",
        "未婚",
        "业主",
        "2026年3月10日",
        "核对电话号码",
    ):
        assert word in shown
    # Not a word of the machine's.
    main = re.sub("<[^>]*>", "", f"<main{shown.partition('<main')[2].partition('</main')[0]}")
    assert re.findall(r"[A-Za-z_]{4,}", main) == ["owner"]  # the user name
    assert AuditEntry.objects.filter(action="residents.export-own-data").count() == 2


def test_a_copy_is_not_fetched_by_an_address(cast, page):
    assert page(cast.owner).get("/my-data/copy/").status_code == 405
