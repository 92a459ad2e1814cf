"""Notices about personal data, consents, requests of people about their data, and unmaskings."""

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import (
    ROLL_KEEPERS,
    ConsentPurpose,
    DataRequestKind,
    DataRequestState,
    PrivateField,
    SensitiveUse,
)
from residents.models.decisions import DECIDED, UNDECIDED, Decided
from residents.models.people import Person

if TYPE_CHECKING:
    from orgs.models import User


class PrivacyNotice(models.Model):
    """One version of what people are told before their data are collected; never changed."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    text_zh = models.TextField(_("text in Chinese"))
    text_en = models.TextField(_("text in English"))
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")

    def __str__(self) -> str:
        return str(self.version)

    @property
    def text(self) -> str:
        """In the language in force."""
        return self.text_en if (get_language() or "").startswith("en") else self.text_zh


class ImpactAssessment(models.Model):
    """What was weighed before sensitive data are collected for a use; added, never changed.

    The newest one counts. All are kept (the law asks for three years at least: PIPL, art. 55, 56).
    """

    use = models.CharField(_("use"), max_length=10, choices=SensitiveUse)
    text = models.TextField(
        _("assessment"),
        help_text=_("Lawful and needed? What may it do to people? Do the safeguards suffice?"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_on = models.DateField(_("approved on"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")
        constraints = [
            models.CheckConstraint(name="assessment_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="assessment_ends_later",
                condition=Q(ends=None) | Q(ends__gte=models.F("approved_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_use_display()


class Consent(models.Model):
    """That somebody gave or withdrew a consent; the latest row of a purpose counts.

    With `ward` a guardian speaks for a child of theirs. With `person`, who has no account, the desk
    enters what they wrote on paper.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        related_name="consents",
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    notice = models.ForeignKey(
        PrivacyNotice, verbose_name=_("privacy notice"), on_delete=models.PROTECT, related_name="+"
    )
    ward = models.ForeignKey(
        Person,
        verbose_name=_("for the child"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consents_by_guardian",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("on paper, from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="paper_consents",
    )
    given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return self.get_purpose_display()


class DataRequest(Decided):
    """Somebody asks for their data, for a correction or for deletion; answered with a reason.

    `changes` is a JSON object of what shall be corrected into what; it is forgotten with the
    decision. `done` names what was changed, erased and kept, without values. With `ward` a guardian
    asks for a child of theirs; with `person`, who has no account, the desk enters what they ask for.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="data_requests",
    )
    kind = models.CharField(_("asks for"), max_length=10, choices=DataRequestKind)
    text = EncryptedTextField(_("what exactly"), blank=True, default="")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("to be answered by"))
    state = models.CharField(
        _("state"), max_length=10, choices=DataRequestState, default=DataRequestState.OPEN
    )
    ward = models.ForeignKey(
        Person,
        verbose_name=_("for the child"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="data_requests_by_guardian",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("at the desk, for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="data_requests_at_desk",
    )
    changes = EncryptedTextField(_("corrections"), blank=True, default="")
    done = models.JSONField(_("what was done"), default=dict, blank=True)

    class Meta:
        verbose_name = _("request about one's data")
        verbose_name_plural = _("requests about one's data")
        constraints = [
            models.UniqueConstraint(
                name="data_request_one_open",
                fields=["user", "kind"],
                condition=Q(state=DataRequestState.OPEN, ward=None, person=None),
            ),
            models.UniqueConstraint(
                name="data_request_one_open_for_ward",
                fields=["user", "kind", "ward"],
                condition=Q(state=DataRequestState.OPEN),
            ),
            models.UniqueConstraint(
                name="data_request_one_open_at_desk",
                fields=["person", "kind"],
                condition=Q(state=DataRequestState.OPEN),
            ),
            models.CheckConstraint(
                name="data_request_about_one", condition=Q(ward=None) | Q(person=None)
            ),
            models.CheckConstraint(
                name="data_request_decided_whole",
                condition=Q(UNDECIDED, state=DataRequestState.OPEN)
                | (
                    Q(DECIDED, changes__blank=True)
                    & Q(state__in=[DataRequestState.GRANTED, DataRequestState.REFUSED])
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def corrections(self) -> dict[str, str]:
        """What shall be corrected into what."""
        return json.loads(self.changes) if self.changes else {}

    @corrections.setter
    def corrections(self, values: dict[str, str]) -> None:
        self.changes = json.dumps(values, ensure_ascii=False) if values else ""


class Unmasking(Scoped):
    """That somebody saw one field of a person in clear, and for what; never changed.

    Whoever reported something need not be on the roll: then the number of the report and its place
    stand for the person; of papers, the claim with which they came.
    """

    scope_path = "person__place"

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("seen by"), on_delete=models.PROTECT,
        related_name="unmaskings",
    )  # fmt: skip
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="unmaskings",
    )  # fmt: skip
    report = models.CharField(_("report"), max_length=20, blank=True)
    report_place = models.ForeignKey(
        Unit, verbose_name=_("place of the report"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    claim = models.ForeignKey(
        "residents.Claim", verbose_name=_("claim of a home"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="unmaskings",
    )  # fmt: skip
    field = models.CharField(_("field"), max_length=20, choices=PrivateField)
    purpose = models.CharField(_("purpose"), max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("unmasking")
        verbose_name_plural = _("unmaskings")
        permissions = [("unmask_person", "May see private data of the roll, with a purpose")]
        indexes = [
            models.Index(fields=["by", "at"], name="unmasking_by_day"),
            models.Index(fields=["at"], name="unmasking_by_time"),
            models.Index(fields=["report"], name="unmasking_of_report", condition=~Q(report="")),
        ]
        constraints = [
            models.CheckConstraint(name="unmasking_has_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="unmasking_of_one",
                condition=Q(person__isnull=False, report="", report_place=None, claim=None)
                & ~Q(field__in=[PrivateField.CONTACT, PrivateField.PAPERS])
                | Q(person=None, report_place__isnull=False, claim=None, field=PrivateField.CONTACT)
                & ~Q(report="")
                | Q(person=None, report="", report_place=None, claim__isnull=False)
                & Q(field=PrivateField.PAPERS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} · {self.get_field_display()}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who kept the roll of the place, and one's own."""
        return [reach_of(user).q(cls.scope_path, ROLL_KEEPERS), Q(by=user)]

    @property
    def whom(self) -> str:
        """Whose data were seen: the name of the person or claimant, or the number of the report."""
        if self.claim:
            return self.claim.name
        return self.person.name if self.person else self.report

    @property
    def place(self) -> Unit:
        """Where the person, the claimed home or the report belongs."""
        if self.claim:
            return self.claim.household.building
        place = self.person.place if self.person else self.report_place
        assert place is not None, "the database keeps a person or a place"
        return place
