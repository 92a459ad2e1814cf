"""Personal data is unreadable at rest, survives a change of keys, and is found by its index."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.exceptions import FieldError
from django.db import connection

from governance.data_forms.models import Answer, SubmissionRow
from orgs.crypto import blind_index, fernet
from orgs.db.key_rotation import encrypted_fields, rotate
from orgs.models import (
    IdempotentAnswer,
    LedgerRow,
    LedgerTrace,
    NoticeAddress,
    ShortMessage,
    UnsentForm,
    User,
)
from orgs.values import phones
from residents.models import CareChange, CareEntry, Claim, DataRequest, Person, Visit
from tasks.models import Task
from tests import factories as make
from volunteers.service.models import Participant


def stored(user):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM orgs_user WHERE id = %s", [user.pk])
        return cursor.fetchone()[0]


def test_the_number_is_not_in_the_database_in_clear(cast):
    assert "13800005678" not in stored(cast.owner)
    assert User.objects.get(phone_index=phones.index("13800005678")) == cast.owner


def test_two_encryptions_of_one_number_differ_and_indexes_agree(cast):
    other = make.user(phone="13900001234")
    first = stored(other)
    other.save()
    assert stored(other) != first
    assert phones.index("13900001234") == other.phone_index


def test_an_index_depends_on_purpose_and_key(settings):
    before = blind_index("phone", "1")
    assert blind_index("id", "1") != before
    settings.BLIND_INDEX_KEY = "another"
    assert blind_index("phone", "1") != before


def test_an_encrypted_field_cannot_be_searched(db):
    with pytest.raises(FieldError):
        User.objects.filter(phone="13800005678").exists()


def test_after_rotation_the_old_key_can_go(cast, settings):
    settings.FIELD_KEYS = ["old"]
    person = make.user(phone="13900001234")
    task = make.task(cast, contact_phone="13900004321")
    factor = Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.TOTP,
        data={"secret": fernet().encrypt(b"totp").decode()},
    )
    settings.FIELD_KEYS = ["new", "old", "tests-new"]
    assert rotate() >= 3
    settings.FIELD_KEYS = ["new"]
    assert User.objects.get(pk=person.pk).phone == "13900001234"
    assert Task.objects.get(pk=task.pk).contact_phone == "13900004321"
    factor.refresh_from_db()
    assert fernet().decrypt(factor.data["secret"].encode()) == b"totp"


def test_without_rotation_a_removed_key_is_missed(cast, settings):
    settings.FIELD_KEYS = ["other"]
    with pytest.raises(InvalidToken):
        User.objects.get(pk=cast.owner.pk)


def test_rotation_reaches_every_encrypted_field():
    assert encrypted_fields() == {
        User: ["phone"],
        IdempotentAnswer: ["body"],
        UnsentForm: ["body"],
        Answer: ["value"],
        SubmissionRow: ["name", "cells"],
        NoticeAddress: ["email"],
        ShortMessage: ["phone", "text"],
        Task: ["contact_phone"],
        CareEntry: [
            "note", "health", "hardship", "guardian_name", "guardian_phone", "needs", "measures",
        ],
        CareChange: ["before"],
        Claim: ["id_number"],
        DataRequest: ["text", "changes"],
        LedgerRow: ["values"],
        LedgerTrace: ["before"],
        Visit: ["text", "problem", "measures"],
        Participant: ["phone"],
        Person: ["id_number", "phone", "registered_at", "note"],
    }  # fmt: skip
