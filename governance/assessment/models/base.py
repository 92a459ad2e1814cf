"""What the models of this app share."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


def actor(label: Any, **options: Any) -> models.ForeignKey:
    """Somebody with an account who did something; what they did stays."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name="+",
        **options,
    )


def known(name: str, field: str, choices: Any) -> models.CheckConstraint:
    """The database takes only values of the enumeration."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def whole(name: str, *fields: str) -> models.CheckConstraint:
    """Fields that are empty together or filled together (who and when)."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**dict.fromkeys(fields)) | Q(**{f"{field}__isnull": False for field in fields}),
    )
