"""What the lines and cells of a form count that holds numbers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import ROWS, Match, Subject, SumKind
from governance.data_forms.models.forms import BlankForm


class SumPart(models.Model):
    """A row, a column or one cell of a form that counts, with the filter behind it.

    Rows and columns are counted from 1, as in the sheet: a column has `row` 0, a row has `place` 0. A
    cell is what its row and its column say together, unless it says something of its own. Of a form
    with one row for each place a column alone may count.
    """

    form = models.ForeignKey(
        BlankForm, verbose_name=_("form"), on_delete=models.CASCADE, related_name="parts"
    )
    row = models.PositiveIntegerField(_("row"))
    place = models.PositiveSmallIntegerField(_("column"))
    text = models.CharField(_("words of the form"), max_length=200, blank=True)
    # The words as they are compared.
    key = models.CharField(max_length=200, db_index=True, editable=False, blank=True)
    kind = models.CharField(_("what it says"), max_length=10, choices=SumKind)
    # What is counted; "" for what the line across says.
    subject = models.CharField(
        _("what is counted"), max_length=10, blank=True,
        choices=[(subject, subject.label) for subject in ROWS],
    )  # fmt: skip
    # Who is counted: the words of the filter by name (fillings/filters.py).
    filters = models.JSONField(_("who is counted"), default=dict, blank=True)
    match = models.CharField(_("known from"), max_length=10, choices=Match, default=Match.NONE)
    certainty = models.PositiveSmallIntegerField(_("certainty in per cent"), default=0)
    # What the form reckons itself stands there, and stays.
    formula = models.CharField(_("formula"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("part of a form that counts")
        verbose_name_plural = _("parts of forms that count")
        ordering = ["row", "place"]
        constraints = [
            models.UniqueConstraint(name="sum_part_once", fields=["form", "row", "place"]),
            models.CheckConstraint(
                name="sum_part_somewhere",
                condition=(Q(row__gt=0) | Q(place__gt=0))
                & Q(certainty__lte=100, match__in=Match.values, kind__in=SumKind.values)
                & Q(subject__in=["", *[subject.value for subject in ROWS]]),
            ),
            # Only a cell has lines to follow, or a formula.
            models.CheckConstraint(
                name="sum_part_cell_follows",
                condition=Q(row__gt=0, place__gt=0) | (~Q(kind=SumKind.FOLLOWS) & Q(formula="")),
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.row}/{self.place}"

    @property
    def is_cell(self) -> bool:
        return bool(self.row and self.place)

    @property
    def counts(self) -> Subject | None:
        return Subject(self.subject) if self.subject else None
