"""One tap in WeChat, or through DingTalk: against a small server that stands in for theirs."""

from collections.abc import Iterator
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.urls import reverse

from orgs.models import AuditEntry, User
from tests.other_side import OtherSide

WECHAT = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}
WAYS = ["weixin", "dingtalk"]


@pytest.fixture
def other(settings) -> Iterator[OtherSide]:
    server = OtherSide()
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.WEIXIN_API = settings.DINGTALK_API = address
    settings.WEIXIN_AUTHORIZE = settings.DINGTALK_AUTHORIZE = f"{address}/authorize"
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: known | {"APPS": [{"client_id": f"{name}-id", "secret": "s"}]}
        for name, known in settings.SOCIALACCOUNT_PROVIDERS.items()
    }
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def owner(cast) -> User:
    User.objects.filter(pk=cast.owner.pk).update(phone_verified=True)
    return cast.owner


def there_and_back(client, way: str, code: str = "good"):
    """Taps the button, says yes on the other side, comes back."""
    begun = client.post(f"/accounts/{way}/login/")
    assert begun.status_code == 302
    asked = parse_qs(urlsplit(begun["Location"]).query)
    return client.get(
        f"/accounts/{way}/login/callback/", {"code": code, "state": asked["state"][0]}
    )


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def sign_in(client, person: User) -> None:
    """Just now, by password."""
    answer = client.post(
        "/accounts/login/", {"login": person.username, "password": "Neighbour-2026"}
    )
    assert answer.status_code == 302


def linked(person: User, way: str, key: str = "openid-1") -> SocialAccount:
    return SocialAccount.objects.create(user=person, provider=way, uid=key)


@pytest.mark.parametrize("way", WAYS)
def test_without_an_app_there_is_no_such_way(client, cast, way):
    assert "一键" not in client.get("/accounts/login/", headers=WECHAT).content.decode()
    assert client.post(f"/accounts/{way}/login/").status_code == 404
    assert client.get(f"/accounts/{way}/login/callback/", {"code": "good"}).status_code == 404


def test_each_browser_is_offered_what_works_in_it(client, cast, other):
    assert "用微信登录" in client.get("/accounts/login/", headers=WECHAT).content.decode()
    shown = client.get("/accounts/login/").content.decode()
    assert ("用微信登录" in shown, "用钉钉登录" in shown) == (False, True)
    begun = client.post("/accounts/weixin/login/", headers=WECHAT)
    assert begun["Location"].endswith("#wechat_redirect")
    assert "scope=snsapi_base" in begun["Location"]


@pytest.mark.parametrize("way", WAYS)
def test_who_is_linked_is_in_with_one_tap(client, owner, other, way):
    account = linked(owner, way)
    assert there_and_back(client, way)["Location"] == "/"
    assert is_in(client)
    account.refresh_from_db()
    assert account.extra_data == {}
    assert owner.devices.exists()
    assert other.asked[0][1]["code"] == "good"


@pytest.mark.parametrize("way", WAYS)
def test_who_is_not_known_signs_in_and_says_yes(client, owner, other, way):
    asked = there_and_back(client, way)
    assert asked["Location"] == "/accounts/login/?next=%2Fme%2Flink%2F"
    assert (is_in(client), User.objects.filter(username__contains="小明").exists()) == (
        False,
        False,
    )
    sign_in(client, owner)
    assert "每次点一下" in client.get("/me/link/").content.decode()
    assert not SocialAccount.objects.exists()
    assert client.post("/me/link/", {"answer": "yes"}).status_code == 302
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (owner, "openid-1", {})
    assert AuditEntry.objects.get(action="link_social").actor == owner.username
    assert "已绑定" in client.get("/me/").content.decode()
    assert client.post(f"/me/link/{account.pk}/end/").status_code == 302
    assert not SocialAccount.objects.exists()
    # It was asked once.
    assert client.get("/me/link/").status_code == 302


def test_no_is_no(client, owner, other):
    there_and_back(client, "weixin")
    sign_in(client, owner)
    client.post("/me/link/", {"answer": "no"})
    assert not SocialAccount.objects.exists()


def test_a_telephone_that_dingtalk_tells_finds_its_account(client, owner, other):
    other.mobile = owner.phone
    there_and_back(client, "dingtalk")
    assert is_in(client)
    assert SocialAccount.objects.get().user == owner
    owner.refresh_from_db()
    assert (owner.phone, owner.name) == (other.mobile, "沈业主")


@pytest.mark.parametrize("why", ["not confirmed", "foreign", "another link"])
def test_a_telephone_that_proves_nothing_finds_nobody(client, owner, other, why):
    other.mobile = owner.phone
    if why == "not confirmed":
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
    elif why == "foreign":
        other.mobile = "2025550123"
    else:
        linked(owner, "dingtalk", "openid-2")
    assert there_and_back(client, "dingtalk")["Location"].startswith("/accounts/login/")
    assert not is_in(client)
    assert SocialAccount.objects.count() == (why == "another link")


@pytest.mark.parametrize("way", WAYS)
def test_staff_are_not_let_in_past_their_second_factor(client, cast, other, settings, way):
    settings.STAFF_SECOND_FACTOR = True
    linked(cast.street_cadre, way)
    there_and_back(client, way)
    assert client.get("/board/")["Location"].startswith(reverse("mfa_activate_totp"))
    client.logout()
    TOTP.activate(cast.street_cadre, generate_totp_secret())
    asked = there_and_back(client, way)
    assert asked["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_a_closed_account_stays_closed(client, owner, other):
    linked(owner, "weixin")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    there_and_back(client, "weixin")
    assert not is_in(client)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}", b"<html>", b'{"access_token": 1}', b'{"accessToken": "t"}']
)
def test_a_strange_answer_leads_back_with_a_sentence(client, owner, other, way, answer):
    other.broken = answer
    assert there_and_back(client, way)["Location"] == "/accounts/login/"
    assert "没有成功" in client.get("/accounts/login/").content.decode()


def test_a_wrong_code_and_a_forged_state_lead_back(client, owner, other):
    linked(owner, "weixin")
    assert there_and_back(client, "weixin", code="bad")["Location"] == "/accounts/login/"
    forged = client.get("/accounts/weixin/login/callback/", {"code": "good", "state": "x"})
    assert forged["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_link_of_somebody_else_is_not_taken_over(client, cast, owner, other):
    linked(cast.neighbour, "weixin")
    client.force_login(owner)
    assert there_and_back(client, "weixin")["Location"] == "/me/"
    assert int(client.session["_auth_user_id"]) == owner.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        linked(owner, "weixin")


@pytest.mark.parametrize("more", ["3rdparty/", "3rdparty/login/error/", "social/login/cancelled/"])
def test_the_librarys_own_pages_lead_to_the_account(client, owner, more):
    client.force_login(owner)
    answer = client.get(f"/accounts/{more}")
    assert (answer.status_code, answer["Location"]) == (302, reverse("orgs:account"))
