"""Fixed vocabularies of forms that fill themselves."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role

# Who fills forms from the rosters, each for the own places.
FILLERS = frozenset({Role.COMMUNITY_WORKER, Role.STREET_CADRE, Role.STREET_LEADER})
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
