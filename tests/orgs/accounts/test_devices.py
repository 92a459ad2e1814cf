"""Staying signed in: chosen on one's own phone, never with a post; devices are seen and ended."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from orgs.accounts import devices
from orgs.enums import Role
from orgs.models import Device
from tests import factories as make

PASSWORD = "Neighbour-2026"
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 MicroMessenger/8.0.40"
)
PAGE = {"Sec-Fetch-Mode": "navigate", "User-Agent": WECHAT}


def sign_in(name="owner", *, stays=True):
    client = Client(headers=PAGE)
    body = {"login": name, "password": PASSWORD} | ({"remember": "on"} if stays else {})
    answer = client.post("/accounts/login/", body)
    assert answer.status_code == 302
    return client, answer


def is_in(client):
    return client.get("/me/").status_code == 200


def test_chosen_it_lasts_weeks_and_gets_a_new_key_every_day(cast):
    start = timezone.now()
    client, answer = sign_in()
    assert answer.cookies["sessionid"]["max-age"] == 30 * 24 * 3600
    first = client.cookies["sessionid"].value
    with time_machine.travel(start + timedelta(days=10)):
        assert is_in(client)
        second = client.cookies["sessionid"].value
        assert second != first
        assert Device.objects.get().session_key == second
        old = Client(headers=PAGE)
        old.cookies["sessionid"] = first
        assert not is_in(old)
    with time_machine.travel(start + timedelta(days=10, minutes=10)):
        assert is_in(client)
        assert client.cookies["sessionid"].value == second
    with time_machine.travel(start + timedelta(days=42)):
        assert not is_in(client)


def test_not_chosen_it_ends_with_the_browser_and_half_an_hour(cast):
    client, answer = sign_in(stays=False)
    assert answer.cookies["sessionid"]["max-age"] == ""
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert not is_in(client)


def test_staff_do_not_stay(cast):
    client, answer = sign_in("community")
    assert answer.cookies["sessionid"]["max-age"] == ""
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert not is_in(client)


def test_whoever_gains_a_post_falls_back_at_once(cast):
    client, _answer = sign_in()
    make.position(cast.owner, Role.COMMUNITY_WORKER, cast.community)
    assert is_in(client)
    assert Device.objects.get().stays is False
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert not is_in(client)


def test_devices_are_listed_and_ended(cast):
    here, _answer = sign_in()
    there, _answer = sign_in()
    shown = here.get("/me/", headers={"accept-language": "zh-hans"})
    assert "微信 · iPhone" in shown.content.decode()
    assert [is_here for _device, is_here in shown.context["devices"]].count(True) == 1
    other = next(device for device, is_here in shown.context["devices"] if not is_here)
    assert here.post(f"/me/devices/{other.pk}/end/").status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_anothers_device(cast):
    sign_in()
    stranger = Client()
    stranger.force_login(cast.neighbour)
    pk = Device.objects.get().pk
    assert stranger.post(f"/me/devices/{pk}/end/").status_code == 404


def test_signing_out_everywhere(cast):
    here, _answer = sign_in()
    there, _answer = sign_in()
    assert here.post("/me/devices/end/").status_code == 302
    assert not is_in(here)
    assert not is_in(there)
    assert not Device.objects.exists()
    again, _answer = sign_in()
    assert is_in(again)


def test_signing_out_forgets_the_device(cast):
    client, _answer = sign_in()
    client.post("/accounts/logout/")
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [(WECHAT, "微信 · iPhone"), ("Mozilla/5.0 (Windows NT 10.0) Firefox/130", "Firefox · Windows")],
)
def test_names_of_devices(agent, name):
    assert devices.name_of(agent) == name
