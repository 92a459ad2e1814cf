"""Who left a telephone is told by message; who cannot name the kind is helped by everyday words."""

import pytest
from django.utils import timezone

from orgs.models import CompoundProfile, ShortMessage
from tasks.catalogue import synonyms
from tasks.enums import Channel, Status
from tasks.models import Category, Synonym
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
    assert list(shown.context["found"]) == [cast.compound, far]
    assert list(client.get("/report/places/", {"lon": "1", "lat": "nan"}).context["found"]) == []
