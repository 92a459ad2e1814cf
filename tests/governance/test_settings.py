"""What must be set before the portal starts, and what the suite overrides."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password

from governance import settings as production


def start(**environment):
    """Loads the settings in a process of their own; gives its last line of complaint."""
    known = {name: value for name, value in os.environ.items() if name != "CODE_SENDER"}
    done = subprocess.run(
        [sys.executable, "-c", "import governance.settings"],
        cwd=settings.BASE_DIR,
        env=known | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().rpartition("\n")[2]


def test_a_real_portal_names_who_sends_its_codes():
    assert "Set CODE_SENDER" in start()


@pytest.mark.parametrize(
    "environment", [{"DEMO": "1"}, {"DEBUG": "1"}, {"CODE_SENDER": "a.gateway.send"}]
)
def test_the_demo_needs_no_sender(environment):
    assert start(**environment) == ""


def test_passwords_are_kept_as_argon2(settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    first = production.PASSWORD_HASHERS[0]
    assert first == "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert identify_hasher(make_password("Neighbour-2026")).algorithm == "argon2"


def test_logs_are_kept_longer_never_shorter_than_half_a_year():
    assert "Set SIGN_IN_LOG_DAYS to 180 or more" in start(SIGN_IN_LOG_DAYS="179", DEMO="1")
    assert start(SIGN_IN_LOG_DAYS="365", DEMO="1") == ""
    assert production.SIGN_IN_LOG_DAYS >= 180


def map_settings(**environment: str) -> dict:
    """The map's settings of a process with such an environment."""
    names = "MAP_TILES", "MAP_DATUM", "MAP_NOTE", "CONTENT_SECURITY_POLICY"
    script = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps({{name: getattr(s, name) for name in {names}}}, default=str))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "governance.settings"} | environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(found.stdout)


def test_tianditu_by_its_name_and_key():
    found = map_settings(MAP_TILES="tianditu", MAP_KEY="abc")
    layers = found["MAP_TILES"].split(" ")
    assert [layer.partition("&LAYER=")[2][:3] for layer in layers] == ["vec", "cva"]
    assert all(layer.endswith("&tk=abc") for layer in layers)
    assert (found["MAP_DATUM"], found["MAP_NOTE"]) == ("wgs84", "天地图")
    images = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"]
    assert {f"https://t{number}.tianditu.gov.cn" for number in range(8)} <= set(images)


def test_tiles_of_another_server():
    found = map_settings(
        MAP_TILES="https://tiles.example.gov.cn/{z}/{x}/{y}.png?k={key}", MAP_KEY="1"
    )
    assert found["MAP_TILES"] == "https://tiles.example.gov.cn/{z}/{x}/{y}.png?k=1"
    assert found["MAP_DATUM"] == "gcj02"
    images = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"]
    assert "https://tiles.example.gov.cn" in images
