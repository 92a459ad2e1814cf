"""What must be set before the portal starts, and what the suite overrides."""

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
