"""Blank forms with what their headings mean, and the files that are filled from them."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import (
    ANSWERERS,
    FILLERS,
    AnswerKind,
    AnswerSource,
    FileState,
    Match,
    Subject,
)
from orgs.crypto import EncryptedTextField
from orgs.models import Department, Unit
from orgs.models.printing import PrintRun, PrintSheet
from orgs.scoping import Scoped, Way, any_of, reach_of
from residents.models import Household, Person
from tasks.models import Task

if TYPE_CHECKING:
    from orgs.models import User


def of_fillers(user: "User") -> list[Way]:
    """What is kept for a `unit` that somebody works with; a street's is its communities' too."""
    reach = reach_of(user)
    streets = sorted(
        {held.area.tree_id for held in reach.holdings if held.area and held.role in FILLERS}
    )
    return [reach.q("unit", FILLERS), Q(unit__level=0, unit__tree_id__in=streets)]


class BlankForm(Scoped):
    """An empty workbook that somebody is sent to fill in, of a community or a street.

    Rows of the sheet are counted from 1. The rows from `first_row` to `last_row` are left for data
    (none where `last_row` is the row before); `foot_row` is the first row below them, 0 for none.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="blank_forms"
    )
    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(_("a row is about a"), max_length=10, choices=Subject)
    # Who is listed: the words of the filter by name (fillings/filters.py).
    filters = models.JSONField(_("who is listed"), default=dict, blank=True)
    sheet = models.CharField(_("sheet"), max_length=31)
    heading_row = models.PositiveIntegerField(_("first row of headings"))
    first_row = models.PositiveIntegerField(_("first row of data"))
    last_row = models.PositiveIntegerField(_("last row of data"))
    foot_row = models.PositiveIntegerField(_("first row below"), default=0)
    file_name = models.CharField(_("file"), max_length=200)
    # Encrypted, as the portal keeps whatever people hand in.
    content = models.BinaryField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("blank form")
        verbose_name_plural = _("blank forms")
        ordering = ["-pk"]
        permissions = [
            ("keep_forms", "May keep blank forms of a place"),
            ("fill_forms", "May fill forms from the rosters of a place"),
            ("answer_forms", "May complete the cells of forms that the portal does not know"),
        ]
        constraints = [
            models.CheckConstraint(
                name="blank_form_subject_known", condition=Q(subject__in=Subject.values)
            ),
            models.CheckConstraint(
                name="blank_form_rows_follow",
                condition=Q(heading_row__gt=0)
                & Q(first_row__gt=F("heading_row"))
                & Q(last_row__gte=F("first_row") - 1)
                & (Q(foot_row=0) | Q(foot_row__gt=F("last_row"))),
            ),
            models.CheckConstraint(name="blank_form_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place; a street's forms are its communities' and its grids' too, and a
        community's those of its grids."""
        reach = reach_of(user)
        held = [one for one in reach.holdings if one.area and one.role in ANSWERERS]
        streets = sorted({one.area.tree_id for one in held if one.area})
        above = [
            Q(unit__tree_id=one.area.tree_id, unit__lft__lt=one.area.left,
              unit__rght__gt=one.area.right)
            for one in held
            if one.area and one.role not in FILLERS
        ]  # fmt: skip
        # What somebody asks for is the communities' only once the street admitted it.
        asked = apps.get_model("data_forms.Collection").objects.filter(form=OuterRef("pk"))
        admitted = apps.get_model("data_forms.CatalogueForm").objects.filter(form=OuterRef("pk"))
        theirs = Q(models.Exists(admitted)) | ~Q(models.Exists(asked.filter(entry=None)))
        return [
            reach.q("unit", FILLERS),
            *[way & theirs for way in (Q(unit__level=0, unit__tree_id__in=streets), *above)],
        ]


class FormColumn(models.Model):
    """One column of a blank form: its heading, and the field that stands in it ("" for none)."""

    form = models.ForeignKey(
        BlankForm, verbose_name=_("form"), on_delete=models.CASCADE, related_name="columns"
    )
    # Counted from 1, as in the sheet.
    place = models.PositiveSmallIntegerField(_("column"))
    heading = models.CharField(_("heading"), max_length=200)
    # The heading as it is compared.
    key = models.CharField(max_length=200, db_index=True, editable=False)
    field = models.CharField(_("field"), max_length=40, blank=True)
    match = models.CharField(_("known from"), max_length=10, choices=Match)
    certainty = models.PositiveSmallIntegerField(_("certainty in per cent"), default=0)
    # The form reckons this column itself: nobody is asked for it.
    computed = models.BooleanField(_("reckoned by the form"), default=False)
    # What may be answered where the portal knows nothing; the words of a choice.
    kind = models.CharField(
        _("kind of answer"), max_length=10, choices=AnswerKind, default=AnswerKind.TEXT
    )
    options = models.JSONField(_("words to choose from"), default=list, blank=True)
    # Not for what is left empty on purpose: remarks, signatures, seals.
    asked = models.BooleanField(_("asked for"), default=True)

    class Meta:
        verbose_name = _("column of a form")
        verbose_name_plural = _("columns of forms")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(name="form_column_once", fields=["form", "place"]),
            models.CheckConstraint(
                name="form_column_in_bounds",
                condition=Q(
                    certainty__lte=100,
                    place__gt=0,
                    match__in=Match.values,
                    kind__in=AnswerKind.values,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.heading


_ROWS_OF_ANSWERS = ("person", "household", "place", "task", "department")


def _alone(name: str) -> Q:
    """An answer about a row of one kind, and of no other."""
    return Q(*[(f"{other}__isnull", other != name) for other in _ROWS_OF_ANSWERS], _connector=Q.AND)


class Answer(Scoped):
    """What somebody answered for one cell that the portal does not know: a further field of its form.

    The row is a person, a household, a unit, a task or a department, as the form's subject is. Of a form
    that counts it is the cell of a `part`, for a place.
    """

    scope_path = "place"

    column = models.ForeignKey(
        FormColumn,
        verbose_name=_("column"),
        on_delete=models.CASCADE,
        null=True,
        related_name="answers",
    )
    part = models.ForeignKey(
        "data_forms.SumPart",
        verbose_name=_("cell that counts"),
        on_delete=models.CASCADE,
        null=True,
        related_name="answers",
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.CASCADE, null=True,
        related_name="+",
    )  # fmt: skip
    place = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    task = models.ForeignKey(
        Task, verbose_name=_("task"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.CASCADE, null=True,
        related_name="+",
    )  # fmt: skip
    value = EncryptedTextField(_("answer"))
    source = models.CharField(
        _("source"), max_length=10, choices=AnswerSource, default=AnswerSource.TYPED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("answer in a form")
        verbose_name_plural = _("answers in forms")
        constraints = [
            models.CheckConstraint(
                name="form_answer_about_one_row",
                condition=any_of([_alone(name) for name in _ROWS_OF_ANSWERS]),
            ),
            models.CheckConstraint(
                name="form_answer_in_one_cell",
                condition=Q(column__isnull=False, part=None)
                | Q(column=None, part__isnull=False, place__isnull=False),
            ),
            models.CheckConstraint(
                name="form_answer_said",
                condition=~Q(value__blank=True) & Q(source__in=AnswerSource.values),
            ),
            models.UniqueConstraint(name="form_answer_person_once", fields=["column", "person"]),
            models.UniqueConstraint(
                name="form_answer_household_once", fields=["column", "household"]
            ),
            models.UniqueConstraint(name="form_answer_place_once", fields=["column", "place"]),
            models.UniqueConstraint(name="form_answer_part_once", fields=["part", "place"]),
            models.UniqueConstraint(name="form_answer_task_once", fields=["column", "task"]),
            models.UniqueConstraint(
                name="form_answer_department_once", fields=["column", "department"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column or self.part} · {self.pk}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who completes forms for the place of the row."""
        reach = reach_of(user)
        return [
            *[
                reach.q(path, ANSWERERS)
                for path in ("person__place", "household__building", "place", "task__unit")
            ],
            # What is said of a department stands in a form of one's places.
            Q(department__isnull=False, column__form__in=BlankForm.objects.visible_to(user)),
        ]


class FilledRun(PrintRun):
    """Somebody asked for a form to be filled; a numbered copy, for them alone."""

    scope_path = "unit"

    form = models.ForeignKey(
        BlankForm, verbose_name=_("form"), on_delete=models.PROTECT, related_name="runs"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="+"
    )
    filters = models.JSONField(_("who is listed"), default=dict)
    purpose = models.CharField(_("for what"), max_length=200)
    # The collection whose submissions are merged into this copy.
    collection = models.ForeignKey(
        "data_forms.Collection",
        verbose_name=_("collection"),
        on_delete=models.PROTECT,
        null=True,
        related_name="copies",
    )

    class Meta:
        verbose_name = _("filled form")
        verbose_name_plural = _("filled forms")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="filled_form_has_purpose", condition=~Q(purpose=""))
        ]

    def __str__(self) -> str:
        return f"{self.form} · {self.pk}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever asked for it: another one may see less."""
        return [Q(by=user)]


class FilledFile(PrintSheet):
    """The workbook of a run, encrypted, with how many of its cells the portal knew."""

    scope_path = "run__unit"

    run = models.OneToOneField(
        FilledRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="sheet"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=FileState, default=FileState.WAITING
    )
    file = models.FileField(upload_to="filled_forms/", blank=True, editable=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    rows = models.PositiveIntegerField(_("rows done"), default=0)
    cells = models.PositiveIntegerField(_("cells"), default=0)
    known = models.PositiveIntegerField(_("cells filled"), default=0)

    class Meta:
        verbose_name = _("file of a filled form")
        verbose_name_plural = _("files of filled forms")
        constraints = [
            models.CheckConstraint(
                name="filled_file_when_ready",
                condition=(Q(state=FileState.READY) | Q(file=""))
                & Q(state__in=FileState.values, known__lte=F("cells"), rows__lte=F("total")),
            )
        ]

    def __str__(self) -> str:
        return str(self.run)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever asked for it."""
        return [Q(run__by=user)]
