"""The catalogue of forms: what a street has admitted, on what basis, and what that basis covers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import FILLERS, Ground, Repeats
from governance.data_forms.models.forms import BlankForm, FormColumn
from orgs.enums import Role
from orgs.models import Department, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User

OFFICE = frozenset({Role.DISTRICT_OFFICE})


def actor(label: object) -> models.ForeignKey:
    """An account that did something; empty while nobody did, or where the portal did it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,  # type: ignore[arg-type]  # a lazy text
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )


def street() -> models.ForeignKey:
    """The street that answers for what its communities are asked."""
    return models.ForeignKey(
        Unit, verbose_name=_("street"), on_delete=models.PROTECT, related_name="+"
    )


def department() -> models.ForeignKey:
    """Whose form it is; empty for the street's own."""
    return models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )


def asked_by_department(user: "User") -> Q:
    """What the departments of an officer ask."""
    return Q(department__in=reach_of(user).department_ids)


class CatalogueForm(Scoped):
    """A form that a street has admitted: whose, on what basis, how often, which columns it covers.

    One that is taken off stays as history; admitted anew it is another one, with a basis of its own.
    """

    scope_path = "street"

    street = street()
    form = models.ForeignKey(
        BlankForm, verbose_name=_("form"), on_delete=models.PROTECT, related_name="entries"
    )
    department = department()
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    purpose = models.CharField(_("for what"), max_length=200)
    repeats = models.CharField(_("how often"), max_length=10, choices=Repeats)
    # A round of a period is due so many days after it was opened.
    days = models.PositiveSmallIntegerField(_("days to fill it in"))
    communities = models.ManyToManyField(
        Unit, verbose_name=_("communities asked"), related_name="+"
    )
    admitted_by = actor(_("admitted by"))
    admitted_at = models.DateTimeField(_("admitted at"))
    # The last day on which it may be asked.
    ends = models.DateField(_("ended on"), null=True)

    class Meta:
        verbose_name = _("form of the catalogue")
        verbose_name_plural = _("forms of the catalogue")
        ordering = ["-pk"]
        permissions = [
            ("view_collections", "May see which forms are asked"),
            ("ask_for_forms", "May ask communities for a form"),
            ("keep_catalogue", "May keep the catalogue of forms of a street"),
            ("view_burden", "May see what forms cost"),
            ("receive_forms", "May receive what communities filled in"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="catalogue_form_once", fields=["form"], condition=Q(ends=None)
            ),
            models.CheckConstraint(
                name="catalogue_form_grounded",
                condition=~Q(legal_basis="") & ~Q(purpose="") & Q(days__range=(1, 90))
                & Q(repeats__in=Repeats.values),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.form.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The street and its communities, the department whose form it is, the district's office."""
        reach = reach_of(user)
        trees = sorted({held.area.tree_id for held in reach.holdings if held.area})
        in_district = Q(street__district__in=reach.district_ids(OFFICE))
        working = Q(street__tree_id__in=trees) if reach.roles & FILLERS else Q(pk__in=())
        return [working, asked_by_department(user), in_district]

    @property
    def is_open(self) -> bool:
        """Whether it may still be asked."""
        return self.ends is None


class CoveredColumn(models.Model):
    """What the basis of a catalogued form says of one of its columns."""

    entry = models.ForeignKey(
        CatalogueForm, verbose_name=_("form"), on_delete=models.CASCADE, related_name="covers"
    )
    column = models.ForeignKey(
        FormColumn, verbose_name=_("column"), on_delete=models.PROTECT, related_name="+"
    )
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    # Whoever admitted it read that its numbers are received whole; before that they stay masked.
    received_whole = models.BooleanField(_("received whole"), default=False)

    class Meta:
        verbose_name = _("column covered by a basis")
        verbose_name_plural = _("columns covered by a basis")
        ordering = ["column__place"]
        constraints = [
            models.UniqueConstraint(name="covered_column_once", fields=["entry", "column"]),
            models.CheckConstraint(
                name="covered_column_grounded", condition=Q(ground__in=Ground.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column} · {self.get_ground_display()}"


class HandingConsent(Scoped):
    """That somebody agreed to columns of a form being handed over that its basis does not cover by itself."""

    scope_path = "person__place"

    entry = models.ForeignKey(
        CatalogueForm, verbose_name=_("form"), on_delete=models.PROTECT, related_name="consents"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    given_on = models.DateField(_("given on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("consent to handing over")
        verbose_name_plural = _("consents to handing over")
        constraints = [
            models.UniqueConstraint(name="handing_consent_once", fields=["entry", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.person_id}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who fills forms for the place of the person."""
        return [reach_of(user).q("person__place", FILLERS)]
