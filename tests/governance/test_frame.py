"""The frame of every page: navigation by role, language, type size, refusals."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import timezone, translation

import governance.urls
from orgs.errors import WrongState
from orgs.imports.rosters import roster_of
from orgs.web import navigation
from orgs.web.context import Frame, portal
from orgs.web.navigation import Group
from tests import factories as make


def refuse(request):
    raise WrongState("Somebody was faster.")


def deny(request):
    raise PermissionDenied


def lose(request):
    raise Http404


def burst(request):
    raise RuntimeError("broken on purpose")


handler404 = governance.urls.handler404
handler500 = governance.urls.handler500
urlpatterns = [
    path("refuse/", refuse),
    path("deny/", deny),
    path("lose/", lose),
    path("burst/", burst),
    *governance.urls.urlpatterns,
]


def frame_of(user, address="/"):
    request = RequestFactory().get(address)
    request.user = user
    return Frame(request)


def names(links):
    return [link.item.url_name for link in links]


# --- Navigation --------------------------------------------------------------------------------


def test_every_icon_of_the_navigation_exists(settings):
    missing = [
        item.icon
        for item in navigation.items()
        if not (settings.ICON_DIR / f"{item.icon}.svg").exists()
    ]
    assert missing == []


def test_a_long_menu_has_headings_and_a_short_one_none(cast):
    menu = frame_of(cast.street_cadre).menu
    headings = [heading for heading, _links in menu]
    assert headings[:2] == ["", str(Group.WORK.label)]
    assert headings == [str(group.label) for group in Group if str(group.label) in headings]
    pages = [name for _heading, links in menu for name in names(links)]
    assert sorted(pages) == sorted(
        link.item.url_name for link in frame_of(cast.street_cadre).links if link.item.desk
    )
    assert [heading for heading, _links in frame_of(cast.auditor).menu] == [""]


def test_every_page_of_the_menu_has_a_heading():
    bare = {item.url_name for item in navigation.items() if item.desk and item.group == Group.START}
    assert bare == {"home", "dashboards:boards"}


def test_visitors_get_no_desk(cast):
    assert {"orgs:account", "orgs:staff", "tasks:list"}.isdisjoint(
        names(frame_of(AnonymousUser()).links)
    )
    assert "account_login" in names(frame_of(AnonymousUser()).phone)


@pytest.mark.parametrize(
    ("who", "url_name"), [("auditor", "orgs:audit"), ("street_cadre", "orgs:units")]
)
def test_positions_open_their_pages(cast, who, url_name):
    item = next(item for item in navigation.items() if item.url_name == url_name)
    assert item.shown(getattr(cast, who)) is True
    assert item.shown(cast.outsider) is False


def test_an_administrator_does_not_read_the_audit(cast):
    item = next(item for item in navigation.items() if item.url_name == "orgs:audit")
    assert item.shown(cast.admin) is False


def test_an_auditor_starts_at_the_audit_and_has_no_tasks(page, cast):
    assert page(cast.auditor).get("/").headers["Location"] == "/audit/"
    assert "tasks:list" not in names(frame_of(cast.auditor).links)
    assert "orgs:audit" in names(frame_of(cast.auditor).phone)


def test_a_phone_has_at_most_five_items(cast):
    people = [value for value in vars(cast).values() if hasattr(value, "positions")]
    assert max(len(frame_of(person).phone) for person in people) <= 5


def test_the_present_page_is_marked(cast):
    links = frame_of(cast.street_cadre, "/").links
    assert names(link for link in links if link.current) == ["home"]


@pytest.mark.parametrize(
    ("who", "statements"),
    [
        ("street_cadre", 1),
        ("urban_officer", 1),
        # What else they cover: a second statement.
        ("grid_worker", 2),
        ("secretary", 2),
        ("district_cadre", 2),
    ],
)
def test_the_frame_names_what_is_held_where(cast, django_assert_num_queries, who, statements):
    """By the statements that tell a person's reach, and no other."""
    position = getattr(cast, who).positions.get()
    frame = frame_of(getattr(cast, who))
    where, named = str(position.where), str(position)
    with django_assert_num_queries(statements):
        assert frame.position.where == where
        assert [str(post) for post in frame.positions] == [named]
        assert names(frame.menu[0][1])[0] == names(frame.phone)[0] == "home"


def test_the_own_place_is_one_click_away(cast, page):
    text = page(cast.community_worker).get("/").content.decode()
    assert f'<p class="top-place"><a href="/units/{cast.community.code}/">' in text
    assert '<p class="top-place"><a' not in page(cast.grid_worker).get("/").content.decode()


def test_a_page_may_bring_its_own_time(cast):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert set(portal(request)) == {"frame", "now", "DEMO"}


# --- Pages -------------------------------------------------------------------------------------


def test_visitors_get_the_front_page(page):
    answer = page().get("/")
    assert answer.status_code == 200
    assert "governance/landing.html" in [used.name for used in answer.templates]


def test_chinese_is_the_default_and_english_a_choice(page):
    client = page()
    assert 'lang="zh-hans"' in client.get("/").content.decode()
    answer = client.post("/i18n/language/", {"language": "en", "next": "/"})
    assert answer.status_code == 302
    assert '<html lang="en"' in client.get("/").content.decode()


def test_large_type_stays_with_the_account(page, cast):
    client = page(cast.owner)
    answer = client.post("/i18n/type-size/", {"type_size": "1", "next": "/?a=1"})
    assert answer.headers["Location"] == "/?a=1"
    cast.owner.refresh_from_db()
    assert cast.owner.type_size == 1
    assert 'class="large-type"' in page(cast.owner).get("/").content.decode()


def test_large_type_of_a_visitor_is_a_cookie(page):
    client = page()
    client.post("/i18n/type-size/", {"type_size": "1"})
    assert 'class="large-type"' in client.get("/").content.decode()
    client.post("/i18n/type-size/", {"type_size": "0"})
    assert 'class="large-type"' not in client.get("/").content.decode()


def test_large_type_leads_to_no_other_site(page):
    answer = page().post("/i18n/type-size/", {"type_size": "1", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/login/code/"]
)
def test_the_doors_have_a_skip_link_and_one_heading(page, address):
    html = page().get(address).content.decode()
    assert (html.count("<h1"), html.count('class="skip-link"')) == (1, 1)
    assert "style=" not in html
    assert "onclick" not in html


# --- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status"), [("/refuse/", 409), ("/deny/", 403), ("/lose/", 404), ("/nowhere/", 404)]
)
@override_settings(ROOT_URLCONF="tests.governance.test_frame")
def test_refusals_are_pages(page, cast, address, status):
    for client in (page(), page(cast.owner)):
        answer = client.get(address)
        assert answer.status_code == status
        assert 'class="refusal"' in answer.content.decode()


@override_settings(ROOT_URLCONF="tests.governance.test_frame")
def test_a_refusal_says_what_the_rule_says(page):
    assert "Somebody was faster." in page().get("/refuse/").content.decode()


@override_settings(ROOT_URLCONF="tests.governance.test_frame")
def test_a_broken_page_still_says_what_to_do(cast):
    answer = Client(raise_request_exception=False).get("/burst/")
    assert answer.status_code == 500
    assert 'class="refusal"' in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_some_error_pages_need_nothing(name):
    assert 'class="refusal"' in render_to_string(name)


def test_software_gets_a_problem_not_a_page(page):
    answer = page().get("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


# --- Forms -------------------------------------------------------------------------------------


class Sample(forms.Form):
    title = forms.CharField(label="Title", help_text="One sentence")
    text = forms.CharField(label="More", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="Agreed")
    secret = forms.CharField(widget=forms.HiddenInput)


def test_fields_link_their_help_and_errors():
    with translation.override("en"):
        html = str(Sample({"secret": "s"}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert html.count(">optional<") == 1
    assert html.count("field-wrong") == 2
    assert html.count('name="secret"') == 1


def test_pages_that_name_no_icon_find_one(page):
    assert page().get("/favicon.ico")["Location"] == "/static/img/favicon.svg"


@pytest.mark.parametrize(
    ("who", "address", "name"),
    [
        ("community_worker", "/tasks/hotline/template/", "热线工单模板"),
        ("street_cadre", "/campaigns/template/", "措施模板"),
        ("street_cadre", "/campaigns/{campaign}/export/", "{title}{day}"),
        ("street_cadre", "/coverage/export/?unit={street}", "五个全覆盖{day}"),
        ("community_worker", "/units/{compound}/ledgers/residents/template/", "{ledger}模板"),
        ("community_worker", "/ledgers/residents/export/?unit={compound}", "{ledger}{day}"),
        ("auditor", "/unmaskings/?format=xlsx&first={iso}&last={iso}", "谁看过谁{day}"),
        ("admin", "/staff/import/template/", "人员模板"),
    ],
)
def test_what_is_fetched_has_a_name_in_the_readers_language(page, cast, who, address, name):
    campaign, today = make.campaign(cast), timezone.localdate()
    words = {
        "campaign": campaign.pk, "title": campaign.name, "street": cast.street.code,
        "compound": cast.compound.code, "ledger": roster_of("residents").name,
        "day": f"{today:%Y%m%d}", "iso": today.isoformat(),
    }  # fmt: skip
    answer = page(getattr(cast, who)).get(address.format(**words))
    disposition = unquote(answer.headers["Content-Disposition"])
    assert disposition == f"attachment; filename*=utf-8''{name.format(**words)}.xlsx"


# The auditor's record is exact, and sorted and compared as it stands.
EXACT = {"orgs/audit/audit.html", "residents/privacy/unmaskings.html"}


def test_people_read_days_as_they_write_them():
    """A day in digits stands in addresses, in values and in the auditor's record alone."""
    folder = Path(settings.BASE_DIR, "templates")
    found = {
        str(one.relative_to(folder))
        for one in folder.rglob("*.html")
        if re.search(r"(?<!=)\{\{ [\w.]+\|date:.Y-m-d|\w=[\w.]+\|date:.Y-m-d", one.read_text())
    }
    assert found == EXACT


def test_only_the_nearest_item_is_where_one_is(cast):
    links = frame_of(cast.district_cadre, "/assessments/appeals/").links
    assert names(link for link in links if link.current) == ["assessment:appeals"]
