"""Who left a telephone is told by message; who cannot name the kind is helped by everyday words."""

import pytest
from django.utils import timezone

from orgs.models import CompoundProfile, ShortMessage
from tasks.catalogue import synonyms
from tasks.enums import Action, Channel, Status, Triage
from tasks.models import Category, Synonym, Task
from tasks.reports import choices
from tasks.reports.report import report
from tasks.workflow import short_messages
from tasks.workflow.steps import department_work
from tests import factories as make

PHONE = "13900002222"


@pytest.fixture
def kinds(db):
    made = [
        make.category(code="falling-objects", name="高空抛物"),
        make.category(code="posters", name="小广告乱张贴"),
        make.category(code="facilities", name="公共设施损坏"),
        make.category(code="lift-trapped", name="电梯困人", is_urgent=True),
        make.category(code="lifts", name="电梯故障", keywords="电梯 停运"),
    ]
    synonyms.ensure_synonyms()
    return made


# --- Messages ----------------------------------------------------------------------------------------


def test_a_passer_by_is_told_number_and_result(cast):
    from django.contrib.auth.models import AnonymousUser

    now = timezone.now()
    task = report(
        unit=cast.compound, category=make.category(), text="井盖坏了很危险", by=AnonymousUser(),
        now=now, contact_phone=PHONE,
    )  # fmt: skip
    assert task.channel == Channel.PASSER_BY
    assert short_messages.tell(now) == 1
    first = ShortMessage.objects.get()
    assert first.phone == PHONE
    assert task.number in first.text
    assert "井盖" not in first.text
    assert short_messages.tell(now) == 0

    from tasks.workflow.steps import triage

    triage.accept(task=task, by=cast.community_worker, now=now)
    department_work.resolve(
        task=task, outcome="solved", text="换了", by=cast.community_worker, now=now
    )
    department_work.confirm(task=task, by=cast.community_worker, now=now)
    short_messages.tell(now)
    texts = [row.text for row in ShortMessage.objects.order_by("pk")]
    assert len(texts) == 2
    assert "请评价是否解决" in texts[1]


def test_whoever_has_an_account_is_told_in_the_portal(cast):
    make.task(cast, Status.RATING)
    short_messages.tell(timezone.now())
    assert not ShortMessage.objects.exists()


# --- Kinds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("楼上扔东西下来差点砸到人", "falling-objects"),
        ("墙上贴满了小广告", "posters"),
        ("小区健身器材断了", "facilities"),
        ("有人被困在电梯里", "lift-trapped"),
        ("电梯坏了两天", "lifts"),
    ],
)
def test_the_likely_kind_is_proposed_with_its_reason(client, kinds, words, code):
    shown = client.get("/report/likely/", {"text": words})
    first = shown.context["likely"][0]
    assert first["code"] == code
    assert first["word"] in words


def test_nothing_is_proposed_where_nothing_speaks_for_it(client, kinds):
    assert client.get("/report/likely/", {"text": "今天天气不错"}).context["likely"] == []
    assert client.get("/report/likely/", {"text": ""}).context["likely"] == []


def test_everyday_words_find_the_kind_and_other_is_always_there(kinds):
    def found(words):
        return [one.code for heading in choices.kinds(words) for one in heading.kinds]

    assert found("健身器材")[0] == "facilities"
    assert found("牛皮癣")[0] == "posters"
    assert "other" in found("什么都不是")
    names = [one.name for heading in choices.kinds() for one in heading.kinds]
    assert "其他／说不清" in names


def test_a_district_keeps_its_own_words(kinds):
    Synonym.objects.filter(category__code="posters").delete()
    Synonym.objects.create(category=Category.objects.get(code="posters"), word="狗皮膏药")
    synonyms.ensure_synonyms()
    assert Synonym.objects.filter(category__code="posters").count() == 1
    assert synonyms.likely("门上全是狗皮膏药", choices.catalogue())[0].category.code == "posters"


# --- Places ------------------------------------------------------------------------------------------


def test_the_nearest_compounds_are_offered_around_a_position(cast, client):
    far = make.unit(cast.community, name="远处小区")
    for unit, lon in ((cast.compound, 114.8701), (far, 114.88)):
        CompoundProfile.objects.update_or_create(unit=unit, defaults={"lon": lon, "lat": 30.45})
    shown = client.get("/report/places/", {"lon": "114.870", "lat": "30.450"})
    assert [place.unit for place in shown.context["found"]] == [cast.compound, cast.building, far]
    assert "约 10 米" in shown.content.decode()
    assert list(client.get("/report/places/", {"lon": "1", "lat": "nan"}).context["found"]) == []


def test_roads_are_found_and_say_where_it_is(page, cast, kinds):
    make.landmark(cast.community, name="示范大道", lon=114.871, lat=30.451)
    client = page(cast.owner)
    shown = client.get("/report/places/", {"q": "示范"})
    (road,) = shown.context["found"]
    assert 'data-spot="示范大道"' in shown.content.decode()
    sent = {"category": kinds[0].code, "text": "路灯不亮", "unit": road.value, "do": "send"}
    assert client.post("/report/", sent).status_code == 302
    task = Task.objects.get()
    assert (task.unit, task.spot, task.lon, task.lat) == (
        cast.community, "示范大道", 114.871, 30.451,
    )  # fmt: skip
    # What was written goes before the road's name, and an entry that ended is the unit alone.
    road.landmark.ends = make.NOW.date()
    road.landmark.save()
    seen = f"{cast.community.code}:{kinds[0].code}"
    sent["spot"] = "示范大道 12 号门口"
    client.post("/report/", sent | {"text": "路灯又不亮", "seen": seen})
    assert Task.objects.latest("pk").spot == "示范大道 12 号门口"
    assert client.get("/report/places/", {"q": "示范"}).context["found"] == []


def test_a_place_that_nobody_knows_is_written_and_the_street_corrects_it(page, api, cast, kinds):
    client = page(cast.owner)
    shown = client.get("/report/places/", {"q": "河边小码头"})
    assert cast.street in shown.context["streets"].likely
    body = {
        "unit": cast.street.code, "category": kinds[0].code, "text": "栏杆断了", "spot": "河边小码头",
    }  # fmt: skip
    assert api(cast.owner).post("/api/v1/tasks/", body, format="json").status_code == 201
    task = Task.objects.get()
    assert (task.spot, task.triage) == ("河边小码头", Triage.STREET)
    assert "河边小码头" in page(cast.street_cadre).get(f"/tasks/{task.number}/").content.decode()
    make.act(task, Action.CORRECT, cast.street_cadre, unit=cast.community, reason="码头在西湖社区")
    assert Task.objects.get().unit == cast.community
    too_long = api(cast.owner).post("/api/v1/tasks/", body | {"spot": "长" * 101}, format="json")
    assert too_long.status_code == 400


def test_where_streets_are_many_a_place_can_be_written_all_the_same(page, cast):
    """Likely ones first: what the words name, and where something of that name was found."""
    for number in range(8):
        make.unit(code=f"42110210{number:02}00", name=f"第{number}街道", district=cast.district)
    nowhere = page().get("/report/places/", {"q": "河边小码头"})
    streets = nowhere.context["streets"]
    assert (len(streets.likely), len(streets.others)) == (0, 10)
    shown = nowhere.content.decode()
    assert shown.count('data-spot="河边小码头"') == 10
    assert "展开街道、乡镇名单" in shown
    named = page().get("/report/places/", {"q": "第3街道河边"}).context["streets"]
    assert [one.name for one in named.likely] == ["第3街道"]
    around = page().get("/report/places/", {"q": "翡翠一品"}).context["streets"]
    assert (around.likely, len(around.others)) == ([cast.street], 9)


@pytest.mark.parametrize("value", ["@", "x@1", "@9", "x@" + "9" * 30, "x@١", "\0@1"])
def test_a_forged_place_is_no_place(page, cast, kinds, value):
    sent = {"category": kinds[0].code, "text": "路灯不亮", "unit": value, "do": "send"}
    assert page(cast.owner).post("/report/", sent).status_code == 400
