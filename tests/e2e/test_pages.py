"""Every role's main pages at both widths: no overflow, no serious barrier, no English."""

import re

import pytest

from bench.phone import SMALL
from governance.running import DEMO_USERNAMES
from tests.e2e.conftest import DESK, PHONE, barriers

CAMPAIGN = ["/campaigns/", "/campaigns/1/", "/campaigns/1/?view=table", "/campaigns/1/add/"]
RULES = (
    "/admin/orgs/calendarday/",
    "/admin/orgs/delivery/",
    "/admin/tasks/whistlerule/add/?kind=emergency",
    "/admin/tasks/raterule/add/",
)
PAGES = {
    "": ["/", "/public/report/", "/progress/", "/accounts/login/", "/accounts/signup/"],
    "owner": [
        "/",
        "/report/",
        "/mine/",
        "/me/",
        "/units/",
        "/units/421102005003-001/",
        "/units/421102005003-001/?tab=duties",
        "/notices/",
        "/notices/choices/",
        *("/help/", "/complaints/", "/duties/", "/duties/421102005003-001/"),
    ],
    "member": ["/", "/orders/", "/report/", "/my-households/", "/my-households/1/visit/"],
    "secretary": [
        *("/party-members/", "/party-members/1/", "/party-members/add/"),
        *("/units/421102005003-001/", "/units/421102005003-001/posts/"),
        *("/units/421102005003-001-003/posts/", "/units/421102005003-001-012/posts/fill/centre/"),
        *("/units/421102005003-001/contacts/", "/units/421102005003-001-008/contacts/"),
        "/units/421102005003-001-008/contacts/deal/",
        *("/joint-visits/", "/rates/", "/dashboards/compound/421102005003-001/"),
    ],
    "grid": ["/", "/tasks/", "/report/", "/patrols/", "/patrols/new/"],
    "community": [
        *(
            "/",
            "/tasks/",
            "/tasks/hotline/",
            "/tasks/saved/",
            "/report/",
            "/feedback/",
            "/notices/",
        ),
        *("/units/421102005003/", "/units/421102005003-001/", "/units/421102005003-001-005/"),
        *("/units/421102005003/?tab=people", "/units/421102005003-001/?tab=people"),
        *("/units/421102005003/?tab=organisations", "/units/421102005003-001/?tab=organisations"),
        *("/units/421102005003/?tab=service", "/units/421102005003-001/?tab=service"),
        *("/households/421102005003-001-005-1-501/", "/people/?unit=421102005003-001"),
        *("/households/421102005003-001-005-1-501/move-in/", "/people/search/"),
        *("/units/421102005003-001/ledgers/", "/units/421102005003-001/ledgers/residents/"),
        *("/imports/1/", "/imports/1/?verdict=unsure", "/imports/1/?verdict=unchanged"),
        "/rates/?by=category",
        *("/coverage/?unit=421102005003", "/coverage/compounds/?unit=421102005003&what=council"),
        *("/bodies/1/", "/units/421102005003-001/bodies/add/", "/bodies/1/members/add/"),
        *("/units/421102005003-001/contracts/", "/units/421102005003-001/contracts/add/"),
        *("/units/421102005003/map/", "/units/421102005003-001/map/"),
        *("/letters/421102005003-001/", "/letters/421102005003-001-005/"),
        *("/households/?unit=421102005003-001", "/claims/", "/data-requests/"),
        *("/joint-visits/", "/calls/", "/call-backs/"),
        *("/forms/", "/forms/add/", "/landmarks/"),
        "/dashboards/community/421102005003/",
    ],
    "street": [
        *("/", "/board/", "/tasks/", "/units/421102005000/", "/staff/", "/duty/", "/notices/"),
        *("/notices/choices/", "/rates/", "/rates/?by=community", "/rates/exclusions/"),
        *("/refusals/", "/feedback/", "/campaigns/"),
        *("/units/421102005000/posts/", "/units/421102005000/contacts/"),
        "/units/421102005000/posts/set/",
        "/coverage/?unit=421102005000",
        *("/duty/change/", "/duty/rotate/", "/duty/repeat/", "/units/421102005000/map/"),
        *("/board/?sort=limit", "/joint-visits/", "/call-backs/"),
        "/dashboards/street/421102005000/",
        "/dashboards/street/421102005000/?period=last_month",
    ],
    "property": ["/", "/joint-visits/", "/units/421102005003-001/", "/households/"],
    "dept_urban": [
        *("/", "/inbox/", "/tasks/", "/duty/", "/rates/", "/notices/"),
        *("/campaigns/1/", "/campaigns/measures/36/", "/joint-visits/"),
        *("/duty/change/", "/duty/rotate/", "/duty/repeat/"),
        "/dashboards/department/urban-management/",
    ],
    "district": [
        *("/", "/units/", "/tasks/", "/staff/", "/rates/?by=street", "/rates/exclusions/"),
        *("/refusals/", "/coverage/", *CAMPAIGN),
        *("/dashboards/district/421102000000/", "/dashboards/district/421102000000/wall/"),
    ],
    "auditor": ["/audit/", "/audit/?words=派单", "/unmaskings/"],
    "admin": ["/admin/", "/admin/tasks/task/", "/admin/orgs/unit/", "/admin/orgs/user/", *RULES],
}
# Latin words that belong in a Chinese page.
LATIN = re.compile(r"[A-Za-z]{4,}")
KNOWN = {"English", "Excel", "xlsx"}
# And those that belong on one page: what a file of areas is and how it names them; browsers.
KNOWN_AT = {
    "map": {"GeoJSON", "CGCS", "code", "name"},
    "me": {"Chrome", "Linux"},
}
# Names of accounts and their parts, on the pages that show them.
ACCOUNTS = re.compile(rf"\b(demo-[\w-]+|{'|'.join(DEMO_USERNAMES)})\b")
# The audit names files, devices and tickets by their keys: letters between figures.
KEYS = re.compile(r"\b(?=[\w-]*[0-9])(?=[\w-]*[a-z])[0-9a-zA-Z_-]{8,}\b")
WITH_ACCOUNTS = {"/me/", "/audit/", "/staff/"}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("who", PAGES)
def test_pages_fit_read_and_open_to_everybody(visit, who, width):
    page = visit(who, width)
    for path in PAGES[who]:
        answer = page.goto(path)
        assert (path, answer.status) == (path, 200)
        assert page.title()
        if path.startswith("/admin/"):
            continue  # Django's own pages: their layout is not ours; the visit watches the policy.
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (path, over) == (path, 0)
        assert (path, barriers(page)) == (path, [])
        text = page.inner_text("main")
        if path.split("?")[0] in WITH_ACCOUNTS:
            text = KEYS.sub("", ACCOUNTS.sub("", text))
        words = set(LATIN.findall(text)) - KNOWN - KNOWN_AT.get(path.split("/")[-2], set())
        assert (path, words) == (path, set())


@pytest.mark.parametrize("who", ["owner", "street"])
def test_pages_hold_at_200_percent(visit, who):
    """A window of half the width is what 200 % zoom leaves."""
    page = visit(who, DESK // 2)
    for path in PAGES[who]:
        page.goto(path)
        assert (path, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == (
            path,
            0,
        )


@pytest.mark.parametrize("who", ["", "owner"])
def test_a_phone_holds_at_200_percent(visit, who):
    page = visit(who, PHONE // 2)
    for path in TAPPED[who]:
        page.goto(path)
        assert (path, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == (
            path,
            0,
        )


@pytest.mark.parametrize(("size", "px"), [("1", "20px"), ("2", "30px")])
@pytest.mark.parametrize("who", ["", "owner"])
def test_large_type_fits_a_small_phone(visit, who, size, px):
    page = visit(who, 360)
    with page.expect_navigation():
        page.locator("form[action*='type-size'] button").first.evaluate(
            "(one, size) => { one.value = size; one.form.requestSubmit(one); }", size
        )
    for path in PAGES[who]:
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == px
        assert (path, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == (
            path,
            0,
        )


# What residents, members and passers-by tap, beside links in a sentence.
TAPPED = {
    "": [*PAGES[""], "/help/", "/numbers/", "/duties/421102005003-001/"],
    "owner": [
        *PAGES["owner"],
        *("/my-home/", "/my-home/claim/", "/my-data/", "/topics/", "/topics/new/", "/polls/"),
        *("/service-orders/", "/service-orders/add/", "/rings/", "/activities/", "/rewards/"),
        *("/rewards/family/", "/service/mine/", "/report-in/", "/service-posts/"),
    ],
    "member": [*PAGES["member"], "/service-orders/", "/service/mine/", "/activities/", "/rewards/"],
}


@pytest.mark.parametrize("who", TAPPED)
def test_what_is_tapped_is_as_high_as_a_finger(visit, who):
    page = visit(who, PHONE)
    for path in TAPPED[who]:
        page.goto(path)
        assert (path, page.evaluate(SMALL, 44)) == (path, [])


def test_the_first_thing_that_the_keyboard_reaches_leads_to_the_content(visit):
    page = visit("street")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    ink, ground = page.evaluate(
        "(style => [style.color, style.backgroundColor])(getComputedStyle(document.activeElement))"
    )
    assert ink != ground


def test_no_empty_picture_is_shown_without_javascript(visit):
    page = visit("community", PHONE, path="/coverage/", scripts=False)
    assert page.locator("#coverage-map").is_hidden()
    assert page.locator("#coverage-chart").is_hidden()
    # The numbers stand there all the same.
    assert page.locator(".rate-table").count() == 2
