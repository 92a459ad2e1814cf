"""What cannot be read or stored is answered with 400, never with a broken server."""

import pytest
from django.test import Client
from django.urls import get_resolver
from rest_framework.generics import ListAPIView

from orgs.models import Notice
from tests import factories as make

BEYOND = 2**63
# r=1&p=abc, p=abc, a NUL, and a number beyond 64 bits.
CURSORS = ("cj0xJnA9YWJj", "cD1hYmM=", "cD0lMDA=", "cD05MjIzMzcyMDM2ODU0Nzc1ODA4", "bm9uc2Vuc2U")


def list_addresses() -> list[str]:
    """Every list of the API whose address names nothing."""
    found = []
    for pattern in get_resolver().url_patterns:
        prefix = str(pattern.pattern)
        for one in getattr(pattern, "url_patterns", ()):
            view = getattr(getattr(one, "callback", None), "cls", None)
            address = f"/{prefix}{one.pattern}"
            if view and issubclass(view, ListAPIView) and "<" not in address:
                found.append(address)
    return sorted(set(found))


def test_lists_are_found():
    assert len(list_addresses()) > 10


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_leads_nowhere(api, cast, cursor):
    client = api(cast.admin)
    codes = {
        address: client.get(address, {"cursor": cursor}).status_code for address in list_addresses()
    }
    # A list in the order of codes can begin anywhere.
    assert set(codes.values()) <= {200, 400, 403}, codes
    assert codes["/api/v1/tasks/"] == codes["/api/v1/notices/"] == 400
    assert sum(code == 400 for code in codes.values()) > 8


def test_the_cursor_of_a_list_still_leads_on(api, cast):
    for _task in range(3):
        make.task(cast)
    client = api(cast.community_worker)
    first = client.get("/api/v1/tasks/", {"limit": 2}).json()
    assert len(client.get(first["next"]).json()["results"]) == 1


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "browser", "known", "large_type"])
def test_a_nul_in_a_cookie_is_no_cookie(db, name):
    client = Client()
    client.cookies[name] = "aaaaaaaaaaaa\0b"
    assert client.get("/").status_code in (200, 302)


@pytest.mark.parametrize(
    ("charset", "status"), [("gbk", 400), ("nonsense", 400), ("utf8", 200), ("UTF-8", 200)]
)
def test_the_encoding_of_a_form(db, charset, status):
    answer = Client().generic(
        "POST",
        "/accounts/login/",
        b"login=owner&password=wrong",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )
    assert answer.status_code in ({200, 400} if status == 200 else {400})
    assert (answer.status_code == 400 and b"UTF-8" in answer.content) is (status == 400)


def test_whole_numbers_beyond_64_bits(api, page, cast):
    client = api(cast.community_worker)
    for body in ({"ids": [BEYOND]}, {"ids": [-BEYOND - 1]}):
        answer = client.post("/api/v1/notices/read/", body, format="json")
        assert answer.status_code == 400, answer.content
    assert Notice.objects.count() == 0
    for address in (f"/api/v1/measures/?campaign={BEYOND}", f"/api/v1/tasks/?limit={BEYOND}"):
        assert client.get(address).status_code in (200, 400), address
    assert page(cast.community_worker).get(f"/tasks/?after={BEYOND}").status_code in (200, 400)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/orgs/position/?starts__year=99999999999999999999999",
        f"/admin/orgs/auditentry/?at__year={BEYOND}",
        f"/admin/orgs/position/{BEYOND}/change/",
        "/admin/orgs/position/abc/change/",
    ],
)
def test_the_admins_addresses(page, cast, address):
    assert page(cast.admin).get(address).status_code in (200, 302, 400, 403, 404)


@pytest.mark.parametrize("key", ["abc", str(BEYOND), "\0", "-1"])
def test_the_admins_actions(page, cast, key):
    for model in ("orgs/user", "orgs/position", "tasks/task", "orgs/delivery"):
        for action in ("delete_selected", "retry", "open_accounts"):
            answer = page(cast.admin).post(
                f"/admin/{model}/", {"action": action, "_selected_action": [key], "index": "0"}
            )
            assert answer.status_code in (200, 302, 400, 403, 404)


def test_an_unknown_campaign_and_an_empty_unit_are_named(api, cast):
    client = api(cast.community_worker)
    assert client.get("/api/v1/measures/?campaign=999999").status_code == 400
    for code in ("", "nowhere"):
        assert client.get(f"/api/v1/coverage/?unit={code}").status_code == 400


@pytest.mark.parametrize(
    ("text", "status"),
    [("true", 200), ("1", 200), ("0", 200), ("", 200), ("yes please", 400), ("maybe", 400)],
)
def test_flags_are_yes_or_no(api, cast, text, status):
    for name in ("charge", "departmental"):
        answer = api(cast.community_worker).get("/api/v1/tasks/", {name: text})
        assert (name, answer.status_code) == (name, status)
