"""Re-encrypting what is encrypted at rest, so that an old key can be taken out of `FIELD_KEYS`."""

from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from orgs.audit import audit
from orgs.crypto import EncryptedTextField, fernet

BATCH = 500
# What allauth keeps through our adapter's cipher.
_FACTOR_SECRETS = ("secret", "seed")


def rotate(*, progress: Callable[[str], None] = lambda text: None) -> int:
    """Encrypts every stored secret with the newest key; gives the number of rows.

    Rows are locked and written in batches, so the portal can stay in use. Running it twice is
    harmless. Sessions hold short-lived values and are left to expire.
    """
    count = 0
    for model, fields in encrypted_fields().items():
        for keys in _batches(model):
            count += _rotate_batch(model, fields, keys)
        progress(model._meta.label)
    count += _rotate_factors()
    with transaction.atomic():
        audit.record("orgs.rotate_field_keys", by=None, detail={"rows": count})
    return count


def encrypted_fields() -> dict[type[models.Model], list[str]]:
    """Every model with encrypted fields, and their names."""
    fields_by_model: dict[type[models.Model], list[str]] = {}
    for model in apps.get_models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, EncryptedTextField)
        ]
        if names:
            fields_by_model[model] = names
    return fields_by_model


def _batches(model: type[models.Model]) -> Iterator[list[object]]:
    last: object = None
    while True:
        rows = model._base_manager.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield keys
        last = keys[-1]


def _rotate_batch(model: type[models.Model], fields: list[str], keys: list[object]) -> int:
    with transaction.atomic():
        rows = list(model._base_manager.select_for_update().filter(pk__in=keys).only("pk", *fields))
        # Reading decrypts with any key, writing encrypts with the newest.
        model._base_manager.bulk_update(rows, fields)
    return len(rows)


def _rotate_factors() -> int:
    with transaction.atomic():
        factors = list(Authenticator.objects.select_for_update())
        for factor in factors:
            for name in _FACTOR_SECRETS:
                if factor.data.get(name):
                    factor.data[name] = fernet().rotate(factor.data[name].encode()).decode()
        Authenticator.objects.bulk_update(factors, ["data"])
    return len(factors)
