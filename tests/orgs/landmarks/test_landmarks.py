"""Roads and landmarks: entered, imported, found by words."""

import pytest
from django.db import IntegrityError, transaction

from orgs.landmarks import landmarks
from orgs.models import Landmark
from tests import factories as make
from tests.roster_workbooks import book, counts, problems, send

pytestmark = pytest.mark.django_db


def test_words_are_split_and_one_is_of_the_name(cast):
    road = make.landmark(cast.community, name="示范大道")
    make.landmark(cast.other_community, name="示范大道")
    assert list(landmarks.matching("西湖 示范")) == [road]
    assert not landmarks.matching("西湖社区").exists()


def test_a_sheet_is_imported_with_points_and_without(cast):
    rows = [
        ["道路街巷", "学府路", "114.871234", "30.451234", ""],
        ["公交站、车站", "示范路口", "", "", "翡翠一品小区"],
        ["道路街巷", "歪路", "114.8", "", ""],
        ["道路街巷", "远路", "一百一", "30.4", ""],
    ]
    content = book(("类别", "名称", "经度", "纬度", "所属单位"), rows)
    sent = send(landmarks.LANDMARKS, cast.community, cast.community_worker, content)
    assert counts(sent) == {"new": 2, "wrong": 2}, problems(sent)


def test_half_a_point_is_refused_by_the_database_too(cast):
    for wrong in ({"lon": 1.0}, {"lon": 181.0, "lat": 1.0}, {"kind": "river"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.landmark(cast.community, **wrong)
    make.landmark(cast.community)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.landmark(cast.community)


def test_the_community_enters_and_everybody_reads(page, cast):
    address = f"/units/{cast.community.code}/landmarks/add/"
    sent = {"kind": "road", "name": "示范大道", "lon": "114.87", "lat": "30.45"}
    assert page(cast.community_worker).post(address, sent).status_code == 302
    assert Landmark.objects.get().unit == cast.community
    assert page(cast.owner).post(address, sent).status_code == 403
    assert "示范大道" in page(cast.owner).get("/landmarks/").content.decode()
