"""Fixed vocabularies of forms that fill themselves."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role

# Who fills forms from the rosters, each for the own places.
FILLERS = frozenset({Role.COMMUNITY_WORKER, Role.STREET_CADRE, Role.STREET_LEADER})
# Who fills in, signs off and corrects what a community is asked for.
WORKERS = frozenset({Role.COMMUNITY_WORKER})
# Who completes the cells that the portal does not know: a grid worker those of the own houses.
ANSWERERS = FILLERS | {Role.GRID_WORKER}


class Subject(models.TextChoices):
    """What one row of a form is about."""

    PERSON = "person", _("person")
    HOUSEHOLD = "household", _("household")
    BUILDING = "building", _("building")
    COMPOUND = "compound", _("compound")
    COMMUNITY = "community", _("community")
    TASK = "task", _("task")
    DEPARTMENT = "department", _("department")
    # No rows: each cell is a number that is counted.
    SUMS = "sums", _("none, the form holds numbers alone")


# What a form can list, or a saved query.
ROWS = tuple(subject for subject in Subject if subject != Subject.SUMS)


class TaskState(models.TextChoices):
    """How far tasks are that somebody lists."""

    OPEN = "open", pgettext_lazy("listed tasks", "in hand")
    CLOSED = "closed", pgettext_lazy("listed tasks", "closed")


class SumKind(models.TextChoices):
    """What a line or a cell of a form that counts says."""

    COUNT = "count", pgettext_lazy("part of a form that counts", "counts")
    TOTAL = "total", pgettext_lazy("part of a form that counts", "adds up the others")
    # A cell: as its row and its column say.
    FOLLOWS = "follows", pgettext_lazy("part of a form that counts", "as its row and column say")
    NONE = "none", pgettext_lazy("part of a form that counts", "not known, stays empty")


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
    IMPORTED = "imported", pgettext_lazy("answer in a form", "imported from a file")
    OTHER_FORM = "other_form", pgettext_lazy("answer in a form", "taken over from another form")


class AnswerKind(models.TextChoices):
    """What may stand in a column that somebody has to complete."""

    TEXT = "text", pgettext_lazy("answer in a form", "text")
    NUMBER = "number", pgettext_lazy("answer in a form", "number")
    DAY = "day", pgettext_lazy("answer in a form", "day")
    YES_NO = "yes_no", pgettext_lazy("answer in a form", "yes or no")
    CHOICE = "choice", pgettext_lazy("answer in a form", "one of some words")


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    KEEP_FORMS = "data_forms.keep_forms"
    FILL_FORMS = "data_forms.fill_forms"
    KEEP_LISTS = "data_forms.keep_lists"
    EXPORT_LISTS = "data_forms.export_lists"
    ANSWER_FORMS = "data_forms.answer_forms"
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
