"""Collections: a form is asked of communities, each fills it in and signs it off, the asker receives it."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.data_forms.enums import (
    FILLERS,
    NEVER_OPENED,
    CollectionAction,
    CollectionState,
    CollectionWho,
    Repeats,
    SubmissionAction,
    SubmissionState,
    SubmissionWho,
)
from governance.data_forms.models.catalogue import (
    OFFICE,
    CatalogueForm,
    actor,
    asked_by_department,
    department,
    street,
)
from governance.data_forms.models.forms import BlankForm
from orgs.crypto import EncryptedTextField
from orgs.enums import Role
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import Person
from tasks.enums import STREET_ROLES, Light
from tasks.models.campaigns import light_of

if TYPE_CHECKING:
    from orgs.models import User


class Collection(Scoped):
    """One time that a form is asked of communities of a street: by a department, the street, or on its day."""

    scope_path = "street"

    street = street()
    form = models.ForeignKey(
        BlankForm, verbose_name=_("form"), on_delete=models.PROTECT, related_name="collections"
    )
    # Empty until the street admits the form.
    entry = models.ForeignKey(
        CatalogueForm,
        verbose_name=_("form of the catalogue"),
        on_delete=models.PROTECT,
        null=True,
        related_name="collections",
    )
    department = department()
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    purpose = models.CharField(_("for what"), max_length=200)
    repeats = models.CharField(_("how often"), max_length=10, choices=Repeats)
    # "2026-10", "2026-Q3"; empty for a form that somebody asked for.
    period = models.CharField(_("period"), max_length=8, blank=True)
    communities = models.ManyToManyField(
        Unit, verbose_name=_("communities asked"), related_name="+"
    )
    due_on = models.DateField(_("limit"))
    # From this day on less than a quarter of the time is left.
    warn_on = models.DateField()
    state = models.CharField(
        _("state"), max_length=10, choices=CollectionState, default=CollectionState.PROPOSED
    )
    # Empty where the portal asked on the day of the period.
    by = actor(_("asked by"))
    at = models.DateTimeField(_("asked at"))
    opened_at = models.DateTimeField(_("opened at"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)

    class Meta:
        verbose_name = pgettext_lazy("form", "collection")
        verbose_name_plural = pgettext_lazy("form", "collections")
        ordering = ["-pk"]
        permissions = [
            (action.permission.split(".")[1], f"May {action.value} a collection")
            for action in CollectionAction
        ]
        indexes = [
            models.Index(fields=["warn_on"], name="collection_to_remind", condition=Q(state="open"))
        ]
        constraints = [
            models.UniqueConstraint(
                name="collection_once_a_period", fields=["entry", "period"],
                condition=~Q(period=""),
            ),
            models.CheckConstraint(
                name="collection_grounded",
                condition=~Q(legal_basis="") & ~Q(purpose="") & Q(warn_on__lte=F("due_on"))
                & Q(state__in=CollectionState.values, repeats__in=Repeats.values),
            ),
            models.CheckConstraint(
                name="collection_admitted_before_open",
                condition=Q(state__in=sorted(NEVER_OPENED), entry=None, opened_at=None)
                | Q(state__in=["open", "delivered"], entry__isnull=False, opened_at__isnull=False)
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="collection_delivered_whole",
                condition=Q(state="delivered", delivered_at__isnull=False)
                | ~Q(state="delivered") & Q(delivered_at=None),
            ),
            models.CheckConstraint(
                name="collection_asked_by_somebody",
                condition=Q(by__isnull=False) | ~Q(period=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.form.name} {self.period}".strip()

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The street, the department that asks, the district's office; communities once they are asked."""
        reach = reach_of(user)
        asked = Submission.objects.filter(reach.q("unit", {Role.COMMUNITY_WORKER}))
        return [
            reach.q("street", STREET_ROLES),
            asked_by_department(user),
            Q(street__district__in=reach.district_ids(OFFICE)),
            Q(pk__in=asked.order_by().values("collection")),
        ]

    @property
    def asker(self) -> str:
        """Who receives it, by name."""
        return self.department.short_name if self.department else self.street.short_name


class Submission(Scoped):
    """What one community was asked for: filled from the portal, completed, signed off."""

    collection = models.ForeignKey(
        Collection,
        verbose_name=pgettext_lazy("form", "collection"),
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("community"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=SubmissionState, default=SubmissionState.ASKED
    )
    # In whose sight it is to be filled anew; empty where nobody asked for that.
    filler = actor(_("filled anew for"))
    # When the portal last found nobody in whose sight it could fill.
    tried_at = models.DateTimeField(null=True, editable=False)
    filled_at = models.DateTimeField(_("filled at"), null=True)
    # The care rosters in whose sight it was filled: whoever reads it is named for them.
    kinds = models.JSONField(default=list, blank=True, editable=False)
    cells = models.PositiveIntegerField(_("cells"), default=0)
    known = models.PositiveIntegerField(_("cells filled"), default=0)
    # Rows of the last time that are there no more.
    gone = models.PositiveIntegerField(_("rows gone"), default=0)
    # Cells that somebody had to complete for this collection.
    typed = models.PositiveIntegerField(_("cells typed"), default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes spent"), null=True)
    signed_by = actor(_("signed off by"))
    signed_at = models.DateTimeField(_("signed off at"), null=True)

    class Meta:
        verbose_name = pgettext_lazy("form", "submission")
        verbose_name_plural = pgettext_lazy("form", "submissions")
        ordering = ["-pk"]
        permissions = [
            (action.permission.split(".")[1], f"May {action.value} a submission")
            for action in SubmissionAction
        ]
        indexes = [
            models.Index(
                fields=["tried_at"], name="submission_to_fill", condition=Q(filled_at=None)
            )
        ]
        constraints = [
            models.UniqueConstraint(name="submission_once", fields=["collection", "unit"]),
            models.CheckConstraint(
                name="submission_counted",
                condition=Q(known__lte=F("cells"), typed__lte=F("known"))
                & Q(state__in=SubmissionState.values),
            ),
            models.CheckConstraint(
                name="submission_signed_whole",
                condition=Q(
                    state="signed", filled_at__isnull=False, signed_by__isnull=False,
                    signed_at__isnull=False, minutes__isnull=False,
                )
                | ~Q(state="signed") & Q(signed_by=None, signed_at=None, minutes=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.collection} · {self.unit.short_name}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The community that was asked, and its street; never who asked, who receives what is delivered."""
        return [reach_of(user).q("unit", FILLERS)]

    def light(self, today: date) -> Light:
        """Green, yellow or red; once signed off, whether it was in time."""
        signed = timezone.localdate(self.signed_at) if self.signed_at else None
        return light_of(self.collection.due_on, self.collection.warn_on, signed, today)


class SubmissionRow(models.Model):
    """One row of a submission as it was filled, encrypted; it goes when its copies have expired."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("number"))
    # Of the person, the household or the unit that the row is about.
    key = models.BigIntegerField()
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, null=True, related_name="+"
    )
    name = EncryptedTextField(_("name"))
    # The values by column, as JSON (submissions/filling.py).
    cells = EncryptedTextField(_("cells"))
    # Columns that were empty when it was filled; None in rows from before this was kept.
    empty = models.JSONField(null=True, blank=True, editable=False)
    # Columns that say something else than the last time; a row that is new says so.
    changed = models.JSONField(default=list, blank=True)
    is_new = models.BooleanField(_("new since the last time"), default=False)
    # Why the street sent it back; empty while nothing is wrong.
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("row of a submission")
        verbose_name_plural = _("rows of submissions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="submission_row_once", fields=["submission", "number"]),
            models.UniqueConstraint(name="submission_row_of_one", fields=["submission", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} · {self.number}"


class CollectionEntry(models.Model):
    """One line of a collection's timeline. Append-only."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(_("action"), max_length=10, choices=CollectionAction)
    by = actor(_("by"))
    who = models.CharField(_("as"), max_length=10, choices=CollectionWho, blank=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("entry of a collection")
        verbose_name_plural = _("entries of collections")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.collection_id}"


class SubmissionEntry(models.Model):
    """One line of a submission's timeline. Append-only."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(_("action"), max_length=10, choices=SubmissionAction)
    by = actor(_("by"))
    who = models.CharField(_("as"), max_length=10, choices=SubmissionWho, blank=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    # How many rows were signed off or sent back.
    rows = models.PositiveIntegerField(_("rows"), default=0)

    class Meta:
        verbose_name = _("entry of a submission")
        verbose_name_plural = _("entries of submissions")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.submission_id}"
