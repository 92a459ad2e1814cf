"""Posts: set, claimed, given, rated; places and numbers that the rules allow."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from orgs.db.counting import counts_of
from orgs.errors import NotAllowed, Refused, WrongState
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import PostGrade
from volunteers.service.models import PostClaim, ServicePost
from volunteers.service.posts import notifications, panels, posts

pytestmark = pytest.mark.django_db


def set_post(cast, by=None, **values):
    defaults = {
        "unit": cast.building, "title": "楼道巡查岗", "duty": "每周一次", "number": 1,
        "starts": NOW.date(), "ends": date(2026, 12, 31), "now": NOW,
    }  # fmt: skip
    return posts.set_post(by=by or cast.secretary, **defaults | values)


def confirmed(cast, post, by):
    made = posts.claim(post=post, by=by, now=NOW)
    return posts.confirm(postclaim=made, by=cast.secretary, now=NOW)


def test_set_chosen_given_rated(cast):
    post = set_post(cast)
    claim = posts.claim(post=post, by=cast.member, now=NOW)
    claim = posts.confirm(postclaim=claim, by=cast.secretary, now=NOW)
    assert (claim.state, claim.seat, claim.starts, claim.ends) == (
        "confirmed", 1, NOW.date(), date(2026, 12, 31)
    )  # fmt: skip
    posts.rate(postclaim=claim, rating=PostGrade.GOOD, by=cast.secretary, now=NOW)
    assert claim.ratings.get().year == 2026
    with pytest.raises(WrongState) as refused:
        posts.rate(postclaim=claim, rating=PostGrade.GOOD, by=cast.secretary, now=NOW)
    assert refused.value.code == "already_rated"


@pytest.mark.parametrize(
    "values",
    [{"title": " "}, {"duty": " "}, {"number": 0}, {"ends": date(2026, 1, 1)}, {"unit": "street"}],
)
def test_what_no_post_can_be(cast, values):
    if "unit" in values:
        values = {"unit": cast.street}
        with pytest.raises((Refused, NotAllowed)):
            set_post(cast, **values)
        return
    with pytest.raises(Refused):
        set_post(cast, **values)


def test_a_full_post_is_full_for_claims_and_for_the_branch(cast):
    post = set_post(cast)
    waiting = posts.claim(post=post, by=cast.volunteer, now=NOW)
    confirmed(cast, post, cast.member)
    with pytest.raises(WrongState) as refused:
        posts.confirm(postclaim=waiting, by=cast.secretary, now=NOW)
    assert refused.value.code == "post_full"
    waiting.refresh_from_db()
    assert waiting.state == "claimed"
    third = make.user()
    make.position(third, "volunteer", cast.compound)
    with pytest.raises(WrongState) as refused:
        posts.claim(post=post, by=third, now=NOW)
    assert refused.value.code == "post_full"


def test_given_up_a_place_is_free_at_once(cast):
    post = set_post(cast)
    held = confirmed(cast, post, cast.member)
    held = posts.end(postclaim=held, by=cast.member, now=NOW + timedelta(days=3))
    assert (held.state, held.ends) == ("ended", NOW.date() + timedelta(days=3))
    assert confirmed(cast, post, cast.volunteer).seat == 1


def test_nobody_holds_more_posts_than_the_rule_allows(cast):
    for _number in range(2):
        confirmed(cast, set_post(cast), cast.member)
    third = posts.claim(post=set_post(cast), by=cast.member, now=NOW)
    with pytest.raises(WrongState) as refused:
        posts.confirm(postclaim=third, by=cast.secretary, now=NOW)
    assert refused.value.code == "too_many_posts"
    later = set_post(cast, starts=date(2027, 1, 1), ends=date(2027, 6, 30))
    assert confirmed(cast, later, cast.member).starts == date(2027, 1, 1)


def test_who_may_not(cast):
    post = set_post(cast)
    for by in (cast.owner, cast.outsider):
        with pytest.raises(NotAllowed):
            posts.claim(post=post, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        set_post(cast, by=cast.member)
    claim = posts.claim(post=post, by=cast.member, now=NOW)
    for by in (cast.member, cast.sibling_worker, cast.volunteer):
        with pytest.raises(NotAllowed):
            posts.confirm(postclaim=claim, by=by, now=NOW)
    with pytest.raises(WrongState) as refused:
        posts.claim(post=post, by=cast.member, now=NOW)
    assert refused.value.code == "already_claimed"


def test_who_reported_in_claims_before_the_branch_confirms(cast):
    serve.report_in(cast, serve.participant(cast.compound, cast.owner), state="reported")
    assert posts.claim(post=set_post(cast), by=cast.owner, now=NOW).state == "claimed"


def test_a_closed_post_is_neither_claimed_nor_given(cast):
    post = set_post(cast)
    claim = posts.claim(post=post, by=cast.member, now=NOW)
    posts.close_post(post=post, by=cast.secretary, now=NOW)
    with pytest.raises(WrongState):
        posts.claim(post=post, by=cast.volunteer, now=NOW)
    with pytest.raises(WrongState):
        posts.confirm(postclaim=claim, by=cast.secretary, now=NOW)
    with pytest.raises(WrongState):
        posts.close_post(post=post, by=cast.secretary, now=NOW)
    assert posts.withdraw(postclaim=claim, by=cast.member, now=NOW).state == "withdrawn"


def test_a_refusal_has_a_reason(cast):
    claim = posts.claim(post=set_post(cast), by=cast.member, now=NOW)
    with pytest.raises(Refused):
        posts.refuse(postclaim=claim, reason=" ", by=cast.secretary, now=NOW)
    claim = posts.refuse(postclaim=claim, reason="已有两岗", by=cast.secretary, now=NOW)
    assert (claim.state, claim.reason) == ("refused", "已有两岗")


def test_vacancies_by_building(cast):
    confirmed(cast, set_post(cast, number=3), cast.member)
    set_post(cast, unit=cast.compound, number=2)
    panel = panels.unit_panel(unit=cast.compound, user=cast.secretary, now=NOW).make()
    values = panel.panel(counts_of(panel.queries)).values
    assert [(row.code, row.places, row.free) for row in values.rows] == [
        (cast.compound.code, 2, 2), (cast.building.code, 3, 2)
    ]  # fmt: skip


def test_who_is_told(cast):
    claim = posts.claim(post=set_post(cast), by=cast.member, now=NOW)
    notifications.notify_of_entries(NOW)
    posts.confirm(postclaim=claim, by=cast.secretary, now=NOW)
    notifications.notify_of_entries(NOW)
    assert (cast.secretary.notices.count(), cast.member.notices.count()) == (1, 1)


def test_over_the_api(api, cast):
    body = {
        "unit": cast.compound.code, "title": "巡查", "duty": "每周", "number": 1,
        "from": "2026-01-01", "until": "2099-12-31",
    }  # fmt: skip
    assert api(cast.member).post("/api/v1/posts/", body, format="json").status_code == 403
    made = api(cast.secretary).post("/api/v1/posts/", body, format="json")
    assert made.status_code == 201
    assert (made.json()["from"], made.json()["free"]) == ("2026-01-01", 1)
    address = f"/api/v1/posts/{made.json()['id']}/claim/"
    claimed = api(cast.member).post(address)
    assert (claimed.status_code, claimed.json()["status"]) == (201, "claimed")
    step = f"/api/v1/post-claims/{claimed.json()['id']}/"
    assert api(cast.member).post(f"{step}confirm/").status_code == 403
    assert api(cast.secretary).post(f"{step}confirm/").json()["status"] == "confirmed"
    full = api(cast.volunteer).post(address)
    assert (full.status_code, full.json()["code"]) == (409, "post_full")
    rating = {"rating": "good", "text": "认真"}
    assert api(cast.secretary).post(f"{step}rate/", rating, format="json").status_code == 200
    assert api(cast.outsider).post(address).status_code == 404
    assert api(cast.member).get("/api/v1/posts/").json()["results"][0]["free"] == 0


def test_on_pages(page, cast):
    address = reverse("service:post_set", args=[cast.building.code])
    given = {
        "kind": "post", "title": "巡查", "duty": "每周", "number": 2, "starts": "2026-01-01",
        "ends": "2099-12-31",
    }  # fmt: skip
    assert page(cast.secretary).get(address).status_code == 200
    assert page(cast.secretary).post(address, given).status_code == 302
    post = ServicePost.objects.get()
    client = page(cast.member)
    where = reverse("service:post", args=[post.pk])
    assert reverse("service:post_claim", args=[post.pk]) in client.get(where).content.decode()
    assert client.post(reverse("service:post_claim", args=[post.pk])).status_code == 302
    claim = PostClaim.objects.get()
    desk = page(cast.secretary)
    assert "卫党员" in desk.get(where).content.decode()
    assert desk.post(reverse("service:claim_act", args=[claim.pk, "confirm"])).status_code == 302
    assert desk.get(reverse("service:claim_act", args=[claim.pk, "rate"])).status_code == 200
    assert client.get(reverse("service:posts")).status_code == 200
    assert desk.get(reverse("orgs:unit", args=[cast.compound.code])).status_code == 200
    paper = serve.report_in(cast, serve.participant(cast.compound, name="老张"))
    address = reverse("service:post_claim_for", args=[post.pk])
    assert "老张" in desk.get(address).content.decode()
    assert desk.post(address, {"participant": paper.participant_id}).status_code == 302
    assert PostClaim.objects.filter(
        participant=paper.participant, claimed_by=cast.secretary
    ).exists()
    assert client.get(address).status_code == 403
    assert desk.post(reverse("service:post_close", args=[post.pk])).status_code == 302
    assert page(cast.outsider).get(where).status_code == 404
