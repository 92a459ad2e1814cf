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
    VIEW_COLLECTIONS = "data_forms.view_collections"
    ASK_FOR_FORMS = "data_forms.ask_for_forms"
    KEEP_CATALOGUE = "data_forms.keep_catalogue"
    VIEW_BURDEN = "data_forms.view_burden"
    RECEIVE_FORMS = "data_forms.receive_forms"


# --- Collections: a form is asked of communities -------------------------------------------------


class Repeats(models.TextChoices):
    """How often a form is asked; the periods are those of assessments (governance/assessment/periods.py)."""

    ONCE = "once", pgettext_lazy("form", "once")
    MONTH = "month", pgettext_lazy("form", "every month")
    QUARTER = "quarter", pgettext_lazy("form", "every quarter")
    HALF = "half", pgettext_lazy("form", "every half-year")
    YEAR = "year", pgettext_lazy("form", "every year")


class Ground(models.TextChoices):
    """Whether whoever asks for a form receives a column of it."""

    COVERED = "covered", pgettext_lazy("column of a form", "covered by the basis")
    CONSENT = "consent", pgettext_lazy("column of a form", "only with separate consent")
    NONE = "none", pgettext_lazy("column of a form", "not handed over")


class CollectionState(models.TextChoices):
    """How far a collection is."""

    PROPOSED = "proposed", pgettext_lazy("collection", "waits for admission")
    OPEN = "open", pgettext_lazy("collection", "being filled in")
    DELIVERED = "delivered", pgettext_lazy("collection", "delivered")
    REFUSED = "refused", pgettext_lazy("collection", "not admitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("collection", "withdrawn")


# States in which no community has anything to do, or ever had.
NEVER_OPENED = frozenset({CollectionState.PROPOSED, CollectionState.REFUSED})


class CollectionAction(models.TextChoices):
    """What is done with a collection; button, API verb, permission and timeline entry at once."""

    ASK = "ask", pgettext_lazy("collection", "ask for a form")
    ADMIT = "admit", pgettext_lazy("collection", "admit")
    REFUSE = "refuse", pgettext_lazy("collection", "do not admit")
    DELIVER = "deliver", pgettext_lazy("collection", "deliver")
    WITHDRAW = "withdraw", pgettext_lazy("collection", "withdraw")

    @property
    def permission(self) -> str:
        return f"data_forms.{self.name.lower()}_collection"


class CollectionWho(models.TextChoices):
    """What somebody is to a collection."""

    STREET = "street", pgettext_lazy("collection", "the street")
    ASKER = "asker", pgettext_lazy("collection", "whoever asks")


class SubmissionState(models.TextChoices):
    """How far a community's part of a collection is."""

    ASKED = "asked", pgettext_lazy("submission", "to be filled in")
    SIGNED = "signed", pgettext_lazy("submission", "signed off")
    RETURNED = "returned", pgettext_lazy("submission", "rows sent back")


class SubmissionAction(models.TextChoices):
    """What is done with a submission."""

    OPEN = "open", pgettext_lazy("submission", "open")
    SIGN = "sign", pgettext_lazy("submission", "sign off")
    SEND_BACK = "send-back", pgettext_lazy("submission", "send rows back")

    @property
    def permission(self) -> str:
        return f"data_forms.{self.name.lower()}_submission"


class SubmissionWho(models.TextChoices):
    """What somebody is to a submission."""

    COMMUNITY = "community", pgettext_lazy("submission", "the community")
    STREET = "street", pgettext_lazy("submission", "the street")
