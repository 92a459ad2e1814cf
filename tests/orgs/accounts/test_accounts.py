"""Signing in and up in the browser, what an account owes first, and one's own page."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp_auth
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from orgs.accounts import adapters, users
from orgs.enums import AuditResult, Role
from orgs.errors import NotAllowed, Refused
from orgs.models import AuditEntry, User
from tests import factories as make
from tests import outbox

PASSWORD = "Neighbour-2026"
NEW_PASSWORD = "Magpie-on-the-roof-7"
LOGIN = "/accounts/login/"


def sign_in(client, login, password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def person_of(client):
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def last_code():
    return re.search(r"\b\d{6}\b", outbox.sent[-1][1]).group()


@pytest.fixture
def second_factor(settings):
    settings.STAFF_SECOND_FACTOR = True


@pytest.mark.parametrize("login", ["owner", "13800005678", "138 0000 5678", "+8613800005678"])
def test_a_name_or_a_number_opens_a_session(cast, client, login):
    answer = sign_in(client, login)
    assert (answer.status_code, answer.url) == (302, "/")
    assert person_of(client) == cast.owner


def test_accounts_without_a_number_sign_in(cast, client):
    sign_in(client, "community")
    assert person_of(client) == cast.community_worker


def test_a_wrong_password_is_said_in_words(cast, client):
    answer = sign_in(client, "13800005678", "wrong")
    assert answer.status_code == 200
    assert person_of(client) is None


def test_five_wrong_passwords_lock_the_door_for_the_right_one_too(cast, client):
    logins = ["owner", "13800005678", "owner", "13800005678"]
    assert [sign_in(client, login, "wrong").status_code for login in logins] == [200] * 4
    assert sign_in(client, "owner", "wrong").status_code == 429
    locked = sign_in(client, "13800005678")
    assert locked.status_code == 429
    assert person_of(client) is None
    api = Client().post(
        "/api/v1/auth/login/", {"username": "owner", "password": PASSWORD}, "application/json"
    )
    assert api.status_code == 429
    assert AuditEntry.objects.filter(action="lock_out", object_id=str(cast.owner.pk)).count() == 3


@pytest.mark.parametrize("login", ["owner", "OWNER", "13800005678"])
def test_a_locked_door_stays_shut_for_a_fresh_browser_with_the_right_password(cast, login):
    for _try in range(5):
        sign_in(Client(), "owner", "wrong")
    fresh = Client()
    assert sign_in(fresh, login).status_code == 429
    assert person_of(fresh) is None


def test_failures_keep_no_number_in_clear(cast, client):
    from axes.models import AccessAttempt

    sign_in(client, "13911112222", "wrong")
    row = AccessAttempt.objects.get()
    assert "13911112222" not in f"{row.username}{row.post_data}{row.get_data}"


def test_signing_in_by_code(cast, client):
    answer = client.post("/accounts/login/code/", {"phone": "138-0000-5678"})
    assert answer.url == reverse("account_confirm_login_code")
    assert outbox.sent[-1][0] == "13800005678"
    client.post(answer.url, {"code": last_code()})
    assert person_of(client) == cast.owner


def test_a_wrong_code_opens_nothing(cast, client):
    answer = client.post("/accounts/login/code/", {"phone": "13800005678"})
    wrong = f"{(int(last_code()) + 1) % 10**6:06}"
    client.post(answer.url, {"code": wrong})
    assert person_of(client) is None
    assert AuditEntry.objects.get(action="login").result == AuditResult.REFUSED


def test_half_finished_sign_ins_keep_no_number_in_the_session_table(cast, client):
    client.post("/accounts/login/code/", {"phone": "13800005678"})
    import base64

    stored = Session.objects.get().session_data.split(":")[0].lstrip(".")
    assert b"13800005678" not in base64.urlsafe_b64decode(stored + "==")
    assert client.session["account_login"] is not None


def test_a_resident_signs_up_with_a_number(db, client):
    body = {"phone": "13922223333", "name": "李女士", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", body)
    assert answer.url == reverse("account_verify_phone")
    assert person_of(client) is None
    client.post(answer.url, {"code": last_code()})
    person = person_of(client)
    assert (person.name, person.phone, person.phone_verified) == ("李女士", "13922223333", True)
    assert AuditEntry.objects.filter(action="sign_up", actor_id=person.pk).count() == 1


@pytest.mark.parametrize(
    "phone", ["12345", "0713-8350000", "1380000567８9", "", "abc", "13800005678"]
)
def test_a_bad_or_taken_number_is_refused_beside_its_field(cast, client, phone):
    body = {"phone": phone, "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", body)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["phone"]


def test_a_number_nobody_confirmed_is_free_again(db):
    now = timezone.now()
    squatter = users.sign_up(name="", phone="13922223333", password=PASSWORD, now=now)
    owner = make.user()
    users.set_phone(person=owner, phone="13922223333", verified=True, by=owner, now=now)
    squatter.refresh_from_db()
    assert (squatter.phone, squatter.phone_index) == ("", None)
    with pytest.raises(Refused) as refusal:
        users.set_phone(person=squatter, phone="13922223333", verified=False, by=squatter, now=now)
    assert refusal.value.code == "phone_taken"


def test_the_first_password_is_changed_before_anything_else(cast, client):
    now = timezone.now()
    password = users.give_initial_password(person=cast.owner, by=cast.admin, now=now)
    sign_in(client, "owner", password)
    for page in ("/", "/me/", "/staff/"):
        assert client.get(page).url == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200
    body = {"oldpassword": password, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", body).status_code == 200
    body |= {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", body).status_code == 302
    assert client.get("/me/").status_code == 200
    cast.owner.refresh_from_db()
    assert cast.owner.must_change_password is False


def test_a_new_password_ends_other_sessions_and_tokens(cast, page):
    here, elsewhere = page(cast.owner), page(cast.owner)
    AuthToken.objects.create(user=cast.owner)
    body = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post("/accounts/password/change/", body)
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert AuthToken.objects.count() == 0
    assert AuditEntry.objects.filter(action="change_password").count() == 1


def test_who_came_by_code_needs_no_old_password(cast, client):
    answer = client.post("/accounts/login/code/", {"phone": "13800005678"})
    client.post(answer.url, {"code": last_code()})
    body = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", body).status_code == 302
    assert sign_in(Client(), "owner", NEW_PASSWORD).status_code == 302


def test_who_came_by_password_does(cast, client):
    sign_in(client, "owner")
    body = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/change/", body).status_code == 200


def test_a_password_change_is_all_or_nothing(cast, monkeypatch):
    def broken(*args, **values):
        raise RuntimeError

    monkeypatch.setattr(users.audit, "record", broken)
    with pytest.raises(RuntimeError):
        users.change_password(
            person=cast.owner, password=NEW_PASSWORD, by=cast.owner, now=timezone.now()
        )
    assert User.objects.get(pk=cast.owner.pk).check_password(PASSWORD)


def test_staff_set_up_a_second_factor_first(
    cast, client, second_factor, django_capture_on_commit_callbacks
):
    sign_in(client, "community")
    activate = reverse("mfa_activate_totp")
    assert client.get("/").url == activate
    assert client.get(activate).status_code == 200
    secret = client.session[totp_auth.SECRET_SESSION_KEY]
    counter = next(totp_auth.yield_hotp_counters_from_time())
    code = totp_auth.format_hotp_value(totp_auth.hotp_value(secret, counter))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(activate, {"code": code})
    assert client.get("/me/").status_code == 200
    assert Authenticator.objects.filter(user=cast.community_worker).count() == 2
    assert AuditEntry.objects.filter(action="add_second_factor").count() == 2


@pytest.mark.parametrize(
    ("who", "owes"), [("admin", True), ("grid_worker", True), ("owner", False), ("member", False)]
)
def test_who_owes_a_second_factor(cast, second_factor, who, owes):
    assert adapters.needs_second_factor(getattr(cast, who)) is owes


def test_the_second_factor_is_asked_at_the_door(cast, client, second_factor):
    totp_auth.TOTP.activate(cast.community_worker, totp_auth.generate_totp_secret())
    assert sign_in(client, "community").url == reverse("mfa_authenticate")
    assert person_of(client) is None


def test_staff_cannot_switch_it_off(cast, client, second_factor):
    totp = totp_auth.TOTP.activate(cast.community_worker, totp_auth.generate_totp_secret())
    adapter = adapters.SecondFactorAdapter()
    assert adapter.can_delete_authenticator(totp.instance) is False


def test_a_session_that_owes_something_is_refused_by_the_api(cast, page, second_factor):
    answer = page(cast.community_worker).get("/api/v1/anything/")
    assert answer.status_code == 401
    assert answer.json()["code"] == "second_factor_required"


def test_the_admin_is_no_way_around(cast, page, client, second_factor):
    assert client.get("/admin/login/?next=/admin/").url == f"{LOGIN}?next=%2Fadmin%2F"
    assert page(cast.admin).get("/admin/").url == reverse("mfa_activate_totp")
    answer = client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert answer.status_code == 405


def test_others_are_turned_away_from_the_admin(cast, page):
    browser = page(cast.community_worker)
    answer = browser.get("/admin/")
    assert browser.get(answer.url).status_code == 403


def test_a_checked_session_is_not_asked_again(cast, page, second_factor, django_assert_num_queries):
    totp_auth.TOTP.activate(cast.community_worker, totp_auth.generate_totp_secret())
    browser = page(cast.community_worker)
    browser.get("/me/")
    session = browser.session
    assert session[adapters.SECOND_FACTOR_SEEN] is True
    request = type("Request", (), {"session": session, "path": "/"})()
    request.user = User.objects.get(pk=cast.community_worker.pk)
    with django_assert_num_queries(0):
        assert adapters.duty_page(request) is None


def test_an_idle_session_ends(cast, page, time_machine):
    time_machine.move_to(timezone.now())
    browser = page(cast.owner)
    browser.get("/me/")
    time_machine.shift(31 * 60)
    assert browser.get("/me/").status_code == 302


def test_signing_in_and_out_is_audited(cast, client):
    sign_in(client, "owner")
    client.post("/accounts/logout/")
    rows = AuditEntry.objects.filter(action__in=["login", "logout"]).order_by("pk")
    assert [(row.action, row.actor, row.result) for row in rows] == [
        ("login", "owner", "ok"),
        ("logout", "owner", "ok"),
    ]


def test_my_page_hides_the_middle_of_my_number(cast, page):
    text = page(cast.owner).get("/me/").content.decode()
    assert "138****5678" in text
    assert "13800005678" not in text


def test_my_page_costs_the_same_with_many_positions(cast, page, django_assert_num_queries):
    browser = page(cast.member)
    browser.get("/me/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/me/")
    for _number in range(30):
        make.position(cast.member, Role.VOLUNTEER, make.unit(cast.community))
    with django_assert_num_queries(len(few)):
        text = browser.get("/me/").content.decode()
    assert text.count("/me/leave/") == 31
    assert len(few) <= 9


def test_visitors_are_sent_to_the_door(cast, client):
    for name in ("account", "account_profile", "account_home"):
        assert client.get(reverse(f"orgs:{name}")).url.startswith(LOGIN)


def test_choosing_a_home_without_scripts(cast, page):
    browser = page(cast.neighbour)
    found = browser.get("/me/home/", {"q": "翡翠 5栋"})
    assert [unit.code for unit in found.context["units"]] == [cast.building.code]
    browser.post("/me/home/set/", {"unit": cast.building.code})
    cast.neighbour.refresh_from_db()
    assert cast.neighbour.home == cast.building
    assert browser.post("/me/home/set/", {"unit": "nowhere"}).status_code == 404


def test_name_and_type_size(cast, page):
    page(cast.owner).post("/me/profile/", {"name": "沈先生", "type_size": "2"})
    cast.owner.refresh_from_db()
    assert (cast.owner.name, cast.owner.type_size) == ("沈先生", 2)


def test_changing_the_number_needs_the_password_and_a_code(cast, page):
    browser = page(cast.owner)
    change = reverse("account_change_phone")
    asked = browser.post(change, {"phone": "13933334444"})
    assert reverse("account_reauthenticate") in asked.url
    resumed = browser.post(asked.url, {"password": PASSWORD})
    assert resumed.url == reverse("account_verify_phone")
    again = browser.post(change, {"phone": "13933334444"})
    assert (again.status_code, len(outbox.sent)) == (429, 1)
    browser.post(reverse("account_verify_phone"), {"code": last_code()})
    cast.owner.refresh_from_db()
    assert (cast.owner.phone, cast.owner.phone_verified) == ("13933334444", True)
    assert users.by_phone("13933334444") == cast.owner
    assert users.by_phone("13800005678") is None


def test_only_administrators_help_administrators(cast):
    with pytest.raises(NotAllowed):
        users.give_initial_password(person=cast.admin, by=cast.street_leader, now=timezone.now())
    with pytest.raises(NotAllowed):
        users.set_active(person=cast.admin, active=False, by=cast.admin, now=timezone.now())


def test_admin_lists_mask_numbers_and_find_by_the_whole_one(cast, page):
    browser = page(cast.admin)
    text = browser.get("/admin/orgs/user/", {"q": "138 0000 5678"}).content.decode()
    assert "138****5678" in text
    assert "13800005678" not in text.replace('value="138 0000 5678"', "")
    assert "community2" not in text


def test_admin_shows_registrars_their_reach_only(cast, page):
    registrar = make.user("registrar", is_staff=True)
    elsewhere = make.position(make.user("stranger"), Role.STREET_CADRE, make.unit())
    make.position(registrar, Role.REGISTRAR, cast.district)
    browser = page(registrar)
    text = browser.get("/admin/orgs/user/").content.decode()
    assert "dept_urban" in text
    assert "stranger" not in text
    assert browser.get(f"/admin/orgs/user/{elsewhere.user_id}/change/").status_code == 302
    assert "stranger" not in browser.get("/admin/orgs/position/").content.decode()
    own = browser.post(
        f"/admin/orgs/user/{registrar.pk}/change/", {"is_superuser": "on", "is_staff": "on"}
    )
    assert own.status_code == 403
    registrar.refresh_from_db()
    assert registrar.is_superuser is False


def test_admin_actions_go_through_the_use_cases(cast, page):
    browser = page(cast.admin)
    body = {"action": "close", "_selected_action": [cast.owner.pk, cast.neighbour.pk]}
    browser.post("/admin/orgs/user/", body)
    assert User.objects.filter(is_active=False).count() == 2
    assert AuditEntry.objects.filter(action="close_account", actor="admin").count() == 2


def test_admin_appoints(cast, page):
    body = {
        "user": cast.outsider.pk,
        "role": Role.COMMUNITY_WORKER,
        "unit": cast.community.pk,
        "starts": "2026-01-01",
    }
    page(cast.admin).post("/admin/orgs/position/add/", body)
    assert cast.outsider.positions.get().unit == cast.community
    assert AuditEntry.objects.filter(action="appoint").count() == 1
    body["unit"] = cast.street.pk
    assert page(cast.admin).post("/admin/orgs/position/add/", body).status_code == 400


def test_asking_for_codes_finds_no_numbers(cast, client):
    phones = [f"139000011{number:02}" for number in range(30)]
    code = "/accounts/login/code/"
    asked = [client.post(code, {"phone": phone}).context["form"] for phone in phones]
    unknown = adapters.AccountAdapter.error_messages["unknown_phone"]
    assert [form.errors["phone"] for form in asked] == [[unknown]] * 30
    limited = client.post(code, {"phone": "13800005678"}).context["form"]
    assert limited.errors["phone"] != [unknown]
    assert outbox.sent == []


def test_nor_does_signing_up(cast, client):
    def answer(phone):
        body = {"phone": phone, "password1": PASSWORD, "password2": PASSWORD}
        form = client.post("/accounts/signup/", body).context["form"]
        return form.errors["phone"][0]

    cast.owner.phone_verified = True
    taken = [str(answer(cast.owner.phone)) for _try in range(6)]
    # One telephone five times an hour, and one address hears of thirty numbers.
    assert len(set(taken[:5])) == 1
    assert taken[5] != taken[0]
    people = [make.user(f"many{number}", phone=f"139000022{number:02}") for number in range(25)]
    assert {str(answer(person.phone)) for person in people} == {taken[0]}
    assert answer("13900003399") == taken[5]


def test_many_behind_one_address_sign_up(cast, client):
    """A carrier gives thousands one address: thirty neighbours in an hour are no attack."""
    for number in range(31):
        body = {
            "phone": f"139000044{number:02}",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "notice": "on",
        }
        assert Client().post("/accounts/signup/", body).status_code == 302


def test_too_often_is_said_in_words_with_the_time(cast, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "1/h/ip"}
    body = {"phone": "1"}
    client.post("/accounts/signup/", body)
    with time_machine.travel("2026-03-02T06:05:00Z", tick=False):
        refused = client.post("/accounts/signup/", body)
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert "15:05" in refused.content.decode()
    assert "Too Many" not in refused.content.decode()


@pytest.mark.parametrize("password", ["kurz", "1234567890123", "short1"])
def test_a_simple_password_gets_one_sentence(cast, client, password):
    body = {"phone": "13900005599", "password1": password, "password2": password}
    form = client.post("/accounts/signup/", body, headers={"accept-language": "zh-hans"}).context[
        "form"
    ]
    assert list(form.errors["password1"]) == ["至少 10 位，不要只用数字"]
    assert "至少 10 位，不要只用数字" in str(form["password1"].help_text)


def test_a_password_that_is_guessed_gets_one_too(cast, client):
    body = {"phone": "13900005599", "password1": "password123", "password2": "password123"}
    form = client.post("/accounts/signup/", body).context["form"]
    assert len(form.errors["password1"]) == 1


def test_sessions_end_with_the_browser(cast, client):
    answer = sign_in(client, "owner")
    assert answer.cookies["sessionid"]["max-age"] == ""


def test_a_user_name_taken_meanwhile_is_refused(cast, monkeypatch):
    monkeypatch.setattr(QuerySet, "exists", lambda rows: False)
    with pytest.raises(Refused) as refusal:
        users.create_staff(
            name="", phone="13922223333", username="owner", password_hash="!", by=cast.admin,
            now=timezone.now(),
        )  # fmt: skip
    assert refusal.value.code == "username_taken"
