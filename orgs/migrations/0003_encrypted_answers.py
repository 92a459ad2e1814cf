"""Remembered answers are encrypted at rest; those of the last day are kept."""

import json
from typing import Any

from django.db import migrations

import orgs.crypto


def encrypt(apps: Any, schema_editor: Any) -> None:
    answers = apps.get_model("orgs", "IdempotentAnswer").objects
    for answer in answers.iterator():
        answer.body = json.dumps(answer.clear_body)
        answer.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_attachment_preparing")]

    operations = [
        migrations.RenameField("idempotentanswer", "body", "clear_body"),
        migrations.AddField(
            "idempotentanswer", "body", orgs.crypto.EncryptedTextField(blank=True, default="")
        ),
        migrations.RunPython(encrypt, migrations.RunPython.noop),
        migrations.RemoveField("idempotentanswer", "clear_body"),
    ]
