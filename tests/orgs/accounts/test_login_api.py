"""Tokens: who gets one, who does not, and when they end."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp_auth
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from orgs.accounts import users
from orgs.enums import AuditResult
from orgs.models import AuditEntry

PASSWORD = "Neighbour-2026"


def sign_in(username, password=PASSWORD, **more):
    body = {"username": username, "password": password} | more
    return APIClient().post("/api/v1/auth/login/", body, format="json")


def code_of(secret, step=0):
    counter = next(totp_auth.yield_hotp_counters_from_time()) + step
    return totp_auth.format_hotp_value(totp_auth.hotp_value(secret, counter))


@pytest.fixture
def secret(cast):
    """The secret of the owner's authenticator app."""
    made = totp_auth.generate_totp_secret()
    totp_auth.TOTP.activate(cast.owner, made)
    return made


@pytest.mark.parametrize(
    "name", ["owner", "13800005678", "+86 138-0000-5678", "１３８００００５６７８"]
)
def test_a_name_or_a_number_gives_a_token_that_works_and_ends(cast, name, time_machine):
    answer = sign_in(name)
    assert answer.status_code == 200
    assert set(answer.data) == {"token", "expires_at"}
    client = APIClient(headers={"Authorization": f"Token {answer.data['token']}"})
    assert client.post("/api/v1/auth/logout/").status_code == 204
    assert client.post("/api/v1/auth/logout/").status_code == 401


def test_tokens_are_kept_hashed_and_expire(cast, time_machine):
    answer = sign_in("owner")
    row = AuthToken.objects.get()
    assert answer.data["token"] not in row.digest
    client = APIClient(headers={"Authorization": f"Token {answer.data['token']}"})
    time_machine.move_to(timezone.now() + timedelta(hours=11))
    assert client.post("/api/v1/auth/logout/").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("owner", "wrong"), ("nobody", PASSWORD)])
def test_wrong_credentials_are_a_problem(cast, name, password):
    answer = sign_in(name, password)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["code"] == "bad_credentials"


def test_a_closed_account_gets_no_token(cast):
    users.set_active(person=cast.owner, active=False, by=cast.admin, now=timezone.now())
    assert sign_in("owner").data["code"] == "bad_credentials"


@pytest.mark.parametrize("body", [[], {}, {"username": "owner"}, {"username": {}, "password": 1.5}])
def test_a_bad_body_is_a_400(cast, body):
    answer = APIClient().post("/api/v1/auth/login/", body, format="json")
    assert (answer.status_code, answer.data["code"]) == (400, "invalid")


def test_five_wrong_passwords_lock_the_account_under_name_and_number(cast):
    codes = [sign_in(name, "wrong").status_code for name in ("owner", "13800005678") * 2]
    assert codes == [401] * 4
    fifth = sign_in("OWNER", "wrong")
    assert (fifth.status_code, fifth.data["code"]) == (429, "locked")
    for name in ("owner", "13800005678"):
        right = sign_in(name)
        assert (right.status_code, right.data["code"]) == (429, "locked")
    assert sign_in("owner2").status_code == 200


def test_wrong_passwords_from_many_addresses_count_together(cast):
    body = {"username": "owner", "password": "wrong"}
    for number in range(1, 6):
        APIClient(REMOTE_ADDR=f"192.0.2.{number}").post("/api/v1/auth/login/", body, format="json")
    body["password"] = PASSWORD
    elsewhere = APIClient(REMOTE_ADDR="198.51.100.7")
    locked = elsewhere.post("/api/v1/auth/login/", body, format="json")
    assert (locked.status_code, locked.data["code"]) == (429, "locked")


def test_the_lock_ends_after_a_while(cast, time_machine):
    for _try in range(5):
        sign_in("owner", "wrong")
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    assert sign_in("owner").status_code == 200


def test_a_right_password_forgives_wrong_ones(cast):
    for _round in range(2):
        for _try in range(4):
            assert sign_in("owner", "wrong").status_code == 401
        assert sign_in("owner").status_code == 200


def test_the_first_password_must_be_changed_in_the_browser(cast):
    password = users.give_initial_password(person=cast.owner, by=cast.admin, now=timezone.now())
    answer = sign_in("owner", password)
    assert (answer.status_code, answer.data["code"]) == (403, "password_change_required")


def test_an_unconfirmed_number_is_confirmed_in_the_browser(cast):
    cast.owner.phone_verified = False
    cast.owner.save(update_fields=["phone_verified"])
    answer = sign_in("owner")
    assert (answer.status_code, answer.data["code"]) == (403, "phone_unverified")
    assert AuthToken.objects.count() == 0


def test_a_token_ends_where_its_account_owes_something(cast, settings):
    _row, token = AuthToken.objects.create(user=cast.community_worker)
    client = APIClient(headers={"Authorization": f"Token {token}"})
    assert client.get("/api/v1/units/").status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    answer = client.get("/api/v1/units/")
    assert (answer.status_code, answer.data["code"]) == (401, "second_factor_required")
    totp_auth.TOTP.activate(cast.community_worker, totp_auth.generate_totp_secret())
    assert client.get("/api/v1/units/").status_code == 200
    cast.community_worker.must_change_password = True
    cast.community_worker.save(update_fields=["must_change_password"])
    answer = client.get("/api/v1/units/")
    assert (answer.status_code, answer.data["code"]) == (403, "password_change_required")


def test_who_has_a_second_factor_sends_it_once(cast, secret):
    assert sign_in("owner").data["code"] == "second_factor_required"
    assert sign_in("owner", totp="000000").data["code"] == "second_factor_required"
    code = code_of(secret)
    assert sign_in("owner", totp=code).status_code == 200
    assert sign_in("owner", totp=code).status_code == 401


def test_a_recovery_code_counts_as_second_factor(cast, secret):
    code = RecoveryCodes.activate(cast.owner).get_unused_codes()[0]
    assert sign_in("owner", totp=code).status_code == 200
    assert sign_in("owner", totp=code).status_code == 401


def test_guessing_the_second_factor_locks(cast, secret):
    codes = [sign_in("owner", totp="12345x").status_code for _try in range(5)]
    assert codes == [401] * 4 + [429]
    assert sign_in("owner", totp=code_of(secret)).status_code == 429


def test_staff_who_owe_a_second_factor_get_no_token(cast, settings):
    settings.STAFF_SECOND_FACTOR = True
    assert sign_in("community").data["code"] == "second_factor_required"
    assert sign_in("admin").data["code"] == "second_factor_required"
    assert sign_in("owner").status_code == 200
    assert AuthToken.objects.count() == 1


def test_secrets_are_encrypted_at_rest(cast, secret):
    row = Authenticator.objects.get(user=cast.owner)
    assert secret not in str(row.data)


def test_logins_are_throttled_by_account(cast):
    statuses = [sign_in("owner").status_code for _try in range(31)]
    assert statuses == [200] * 30 + [429]
    assert sign_in("owner2").status_code == 200


def test_sign_ins_and_failures_are_audited_without_numbers(cast):
    sign_in("13800005678", "wrong")
    sign_in("13900001111", "wrong")
    sign_in("13800005678")
    rows = AuditEntry.objects.filter(action="login").order_by("pk")
    assert [row.result for row in rows] == [
        AuditResult.REFUSED,
        AuditResult.REFUSED,
        AuditResult.OK,
    ]
    assert [row.object_id for row in rows] == [str(cast.owner.pk), "", str(cast.owner.pk)]
    assert "1390000" not in str(rows[1].detail)
    assert rows[2].ip == "127.0.0.1"


def test_schema_and_docs_need_no_login(cast, client):
    schema = client.get("/api/schema/?format=json")
    assert schema.status_code == 200
    assert "/api/v1/auth/login/" in schema.json()["paths"]
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert b"<script>" not in docs.content
    assert b"<style" not in docs.content


def test_guesses_from_elsewhere_do_not_shut_out_a_known_browser(cast, client):
    words = {"login": "owner", "password": PASSWORD}
    assert client.post("/accounts/login/", words).status_code == 302
    client.post("/accounts/logout/")
    for _try in range(6):
        sign_in("owner", "wrong")
    assert sign_in("owner").status_code == 429
    assert client.post("/accounts/login/", words).status_code == 302
    client.post("/accounts/logout/")
    for _try in range(6):
        locked = client.post("/accounts/login/", words | {"password": "wrong"})
    assert locked.status_code == 429
    assert client.post("/accounts/login/", words).status_code == 429


def test_guessing_on_does_not_make_the_lock_last(cast, time_machine):
    start = timezone.now()
    for minute in (0, 5, 10, 14):
        time_machine.move_to(start + timedelta(minutes=minute))
        for _try in range(5):
            sign_in("owner", "wrong")
    time_machine.move_to(start + timedelta(minutes=16))
    assert sign_in("owner").status_code == 200
