"""Fixed vocabularies of forms that fill themselves."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role

# Who fills forms from the rosters, each for the own places.
FILLERS = frozenset({Role.COMMUNITY_WORKER, Role.STREET_CADRE, Role.STREET_LEADER})


class Subject(models.TextChoices):
    """What one row of a form is about."""

    PERSON = "person", _("person")
    HOUSEHOLD = "household", _("household")
    BUILDING = "building", _("building")
    COMPOUND = "compound", _("compound")
    COMMUNITY = "community", _("community")


class Match(models.TextChoices):
    """From what the field of a heading is known."""

    SAME = "same", pgettext_lazy("field of a heading", "the same word")
    ALIKE = "alike", pgettext_lazy("field of a heading", "a word like it")
    REMEMBERED = "remembered", pgettext_lazy("field of a heading", "chosen on an earlier form")
    CHOSEN = "chosen", pgettext_lazy("field of a heading", "chosen here")
    NONE = "none", pgettext_lazy("field of a heading", "not known")


class FileState(models.TextChoices):
    """How far a filled file is."""

    WAITING = "waiting", pgettext_lazy("filled form", "being filled")
    READY = "ready", pgettext_lazy("filled form", "ready")
    FAILED = "failed", pgettext_lazy("filled form", "failed")


class AnswerSource(models.TextChoices):
    """From where an answer came that the portal did not know."""

    TYPED = "typed", pgettext_lazy("answer in a form", "typed on its page")


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    KEEP_FORMS = "data_forms.keep_forms"
    FILL_FORMS = "data_forms.fill_forms"
