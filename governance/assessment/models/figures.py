"""Figures from outside the portal, each with the file that proves it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import DISTRICT, SubjectKind
from governance.assessment.models.base import actor, known
from orgs.models import District
from orgs.scoping import Scoped, Way, reach_of

if TYPE_CHECKING:
    from orgs.models import User


class FigureFile(Scoped):
    """A file with figures of one period, as it came. Append-only; the same file is one import."""

    scope_path = ""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(_("code of the figure"), max_length=40)
    name = models.CharField(_("figure"), max_length=60)
    subject_kind = models.CharField(_("assesses"), max_length=20, choices=SubjectKind)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    source = models.CharField(_("source"), max_length=300)
    digest = models.CharField(_("fingerprint"), max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    # Encrypted, as the portal keeps whatever people hand in.
    content = models.BinaryField(editable=False)
    by = actor(_("imported by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("file of outside figures")
        verbose_name_plural = _("files of outside figures")
        ordering = ["-pk"]
        permissions = [("import_figures", "May import outside figures")]
        constraints = [
            models.UniqueConstraint(
                name="figure_file_once", fields=["district", "code", "starts", "digest"]
            ),
            known("figure_file_subject_known", "subject_kind", SubjectKind),
            models.CheckConstraint(
                name="figure_file_named", condition=~Q(code="") & ~Q(source="") & ~Q(name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.file_name}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The district's office."""
        return [Q(district__in=reach_of(user).district_ids(DISTRICT))]


class OutsideFigure(models.Model):
    """One figure of a file: so many of so many, for one subject. Append-only.

    A later file for the same period takes the place of what it names (`is_latest`).
    """

    file = models.ForeignKey(FigureFile, on_delete=models.PROTECT, related_name="figures")
    line = models.PositiveIntegerField(_("row"))
    subject = models.BigIntegerField(_("subject"))
    numerator = models.BigIntegerField(_("counted"))
    denominator = models.BigIntegerField(_("of"))
    is_latest = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("outside figure")
        verbose_name_plural = _("outside figures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="outside_figure_once", fields=["file", "subject"]),
            models.CheckConstraint(
                name="outside_figure_in_bounds",
                condition=Q(numerator__gte=0, denominator__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} · {self.line}"
