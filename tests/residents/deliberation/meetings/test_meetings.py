"""Joint meetings: who calls them, about what, and minutes written once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from orgs.errors import NotAllowed, Refused, WrongState
from residents.deliberation.meetings import meetings
from residents.deliberation.models import JointMeeting
from tests.residents.deliberation.topic_factories import NOW, propose

LATER = NOW + timedelta(days=2)


def call(cast, by=None, **values):
    defaults = {
        "unit": cast.compound, "title": "联席会议", "starts_at": LATER, "where": "党群驿站",
        "agenda": "声控灯",
    }  # fmt: skip
    return meetings.call(by=by or cast.secretary, now=NOW, **defaults | values)


def minutes(meeting, by, **values):
    defaults = {"minutes": "各方同意", "attendance": {"branch": "孙书记", "property": ""}}
    return meetings.write_minutes(meeting=meeting, by=by, **{"now": LATER} | defaults | values)


def test_called_about_topics_and_written_down_once(cast, homes):
    topic = propose(cast)
    meeting = call(cast, topics=[topic])
    assert list(topic.meetings.all()) == [meeting]
    with pytest.raises(WrongState) as refused:
        minutes(meeting, cast.secretary, now=NOW)
    assert refused.value.code == "not_begun"
    meeting = minutes(meeting, cast.community_worker)
    assert [str(one) for one in meeting.attendance.all()] == [
        f"{meeting.attendance.get().get_side_display()}: 孙书记"
    ]
    with pytest.raises(WrongState):
        minutes(meeting, cast.secretary)


@pytest.mark.parametrize("who", ["owner", "property_clerk", "sibling_worker", "outsider"])
def test_others_call_none(cast, homes, who):
    with pytest.raises(NotAllowed):
        call(cast, by=getattr(cast, who))


def test_what_is_refused(cast, homes):
    with pytest.raises(Refused):
        call(cast, starts_at=NOW)
    elsewhere = propose(cast, by=cast.community_worker, unit=cast.other_compound)
    with pytest.raises(Refused):
        call(cast, topics=[elsewhere])
    with pytest.raises(Refused):
        minutes(call(cast), cast.secretary, attendance={"branch": " "})


def test_over_the_api_and_on_pages(api, page, cast, homes):
    url = "/api/v1/joint-meetings/"
    body = {
        "unit": cast.compound.code, "title": "联席会议", "starts_at": "2099-01-01T09:00:00+08:00",
        "where": "驿站", "agenda": "灯", "topics": [propose(cast).pk],
    }  # fmt: skip
    assert api(cast.owner).post(url, body, format="json").status_code == 403
    made = api(cast.secretary).post(url, body, format="json")
    assert made.status_code == 201
    assert api(cast.owner).get(url).json()["results"][0]["agenda"] == "灯"
    pk = made.json()["id"]
    write = {"minutes": "好", "attendance": {"branch": "孙书记"}}
    early = api(cast.secretary).post(f"{url}{pk}/minutes/", write, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "not_begun")
    JointMeeting.objects.update(starts_at=NOW)
    shown = page(cast.owner).get(reverse("deliberation:meeting", args=[pk]))
    assert shown.status_code == 200
    form = {"minutes": "都同意", "side_branch": "孙书记", "side_committee": "朱业委"}
    done = page(cast.secretary).post(reverse("deliberation:meeting_minutes", args=[pk]), form)
    assert done.status_code == 302
    assert JointMeeting.objects.get().attendance.count() == 2
    call_page = reverse("deliberation:meeting_call", args=[cast.compound.code])
    assert page(cast.committee_member).get(call_page).status_code == 200
    assert page(cast.owner).get(call_page).status_code == 403
