"""Imports of rosters: the file, its rows on their way, and what undoing needs.

Tables, columns and classes are called after the former word, ledger: the audit's entries, which never
change, the permission and addresses of the admin name them so.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.enums import Decision, ImportState, Verdict
from orgs.imports.rosters import all_rosters, unit_rosters
from orgs.models.units import Unit
from orgs.permissions import everything_granted
from orgs.scoping import NOTHING, Scoped, ScopedQuerySet, Way, reach_of
from orgs.values.sentences import SentenceField, SentencesField

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

# The app that made these tables: with it go their names, migrations, content types and what the audit
# calls their rows.
APP = "residents"
_IN_WORK = [ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEW, ImportState.FAILED]
_BEING_APPLIED = [ImportState.APPLYING]
_DONE = [ImportState.APPLIED, ImportState.UNDOING, ImportState.UNDONE]


class ImportQuerySet(ScopedQuerySet):
    """Imports of rosters that no role opens are seen by those to whom they are opened by name."""

    def visible_to(self, user: "Person", *, one: bool = False) -> Self:
        imports = super().visible_to(user, one=one)
        if not user.is_authenticated:
            return imports
        for roster in all_rosters():
            if roster.opened:
                imports = imports.filter(~Q(ledger=roster.code) | roster.opened(user))
        return imports


class LedgerImport(Scoped):
    """One Excel file of a roster, sent for a unit. All of it is applied, or nothing."""

    objects: ClassVar[Any] = ImportQuerySet.as_manager()

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="ledger_imports",
    )  # fmt: skip
    # The key of what the roster is kept for, where that is no unit.
    subject_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    ledger = models.CharField(_("roster"), max_length=40)
    file_name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(_("digest"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    # Why a file could not be read, or an apply or undo did not happen.
    problem = SentenceField(_("problem"), max_length=500, blank=True)
    # Headings of columns that the roster does not keep.
    left_out = models.JSONField(_("columns left out"), default=list, blank=True)
    rows_expected = models.PositiveIntegerField(_("rows expected"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    unsure = models.PositiveIntegerField(_("to be decided"), default=0)
    wrong = models.PositiveIntegerField(_("wrong"), default=0)
    # Who works on it at present: a mark of the worker, and when it last gave a sign of life.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    sent_at = models.DateTimeField(_("sent at"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("applied by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    # Who discarded or undid it.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("ended by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        app_label = APP
        verbose_name = _("import of a roster")
        verbose_name_plural = _("imports of rosters")
        indexes = [
            models.Index(
                fields=["claimed_at"],
                name="ledger_import_due",
                condition=Q(state__in=["uploaded", "reading", "applying", "undoing"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="ledger_import_applied_whole",
                condition=Q(state__in=[*_IN_WORK, ImportState.DISCARDED], applied_by=None)
                & Q(applied_at=None)
                | Q(state__in=_BEING_APPLIED, applied_by__isnull=False, applied_at=None)
                | Q(state__in=_DONE, applied_by__isnull=False, applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_import_ended_whole",
                condition=Q(
                    state__in=[ImportState.DISCARDED, ImportState.UNDONE], ended_at__isnull=False
                )
                | Q(state=ImportState.UNDOING, ended_by__isnull=False, ended_at=None)
                | Q(
                    state__in=[*_IN_WORK, *_BEING_APPLIED, ImportState.APPLIED],
                    ended_by=None,
                    ended_at=None,
                ),
            ),
            models.CheckConstraint(
                name="ledger_import_claim_whole",
                condition=Q(claim=None, claimed_at=None)
                | Q(claim__isnull=False, claimed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} · {self.unit}" if self.unit else self.file_name

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.unsure + self.wrong

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever holds a roster's permission over the unit, and who sent the file."""
        reach, grants = reach_of(user), everything_granted()
        by_permission: dict[str, list[str]] = {}
        for roster in unit_rosters():
            by_permission.setdefault(roster.permission, []).append(roster.code)
        kept = NOTHING
        for permission, codes in sorted(by_permission.items()):
            if permission in grants:
                roles = grants[permission].roles
                kept |= Q(ledger__in=codes) & reach.q(cls.scope_path, roles)
        return [kept, Q(sent_by=user)]


class LedgerFile(models.Model):
    """The file itself as one token; it goes when the import is applied, discarded or too old."""

    ledger_import = models.OneToOneField(
        LedgerImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="file"
    )
    token = models.BinaryField(editable=False)

    class Meta:
        app_label = APP
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")

    def __str__(self) -> str:
        return str(self.ledger_import_id)


class LedgerRow(models.Model):
    """One row of a file, staged until the import is applied or discarded."""

    ledger_import = models.ForeignKey(
        LedgerImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows"
    )
    number = models.PositiveIntegerField(_("row"))
    # JSON: what its cells say, and what stood in the cells that could not be understood.
    values = EncryptedTextField(_("values"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    problems = SentencesField(_("problems"), default=dict, blank=True)
    changes = models.JSONField(_("columns that change"), default=list, blank=True)
    candidates = models.JSONField(_("could be"), default=list, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    chosen = models.BigIntegerField(_("decided to be"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        app_label = APP
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(name="ledger_row_once", fields=["ledger_import", "number"]),
            models.CheckConstraint(
                name="ledger_row_decided_whole",
                condition=Q(decision="", chosen=None, decided_by=None, decided_at=None)
                | Q(verdict=Verdict.UNSURE, decided_by__isnull=False, decided_at__isnull=False)
                & (
                    Q(decision=Decision.SAME, chosen__isnull=False)
                    | Q(decision__in=[Decision.NEW, Decision.LEAVE_OUT], chosen=None)
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ledger_import", "verdict", "number"], name="ledger_row_by_verdict"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class LedgerTrace(models.Model):
    """What applying one row of a file made and changed, in its order: what undoing needs."""

    ledger_import = models.ForeignKey(
        LedgerImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="traces"
    )
    number = models.PositiveIntegerField(_("row"))
    # [model, key, digest of the object afterwards]
    touched = models.JSONField(_("made and changed"))
    # JSON: a dict of former values for each of them, null for what was made.
    before = EncryptedTextField(_("before"), blank=True, default="")

    class Meta:
        app_label = APP
        verbose_name = _("trace of an import")
        verbose_name_plural = _("traces of imports")
        indexes = [models.Index(fields=["ledger_import", "id"], name="ledger_trace_in_order")]

    def __str__(self) -> str:
        return str(self.number)
