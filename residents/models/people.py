"""People, and how they belong to households."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from orgs.values.names import ComparedField
from residents.enums import OWNING, ROLL_READERS, Marital, Relation, Sex
from residents.models.households import Household

if TYPE_CHECKING:
    from orgs.models import User


class Person(Scoped):
    """A resident as the roll knows them, with or without an account.

    `place` is the unit on whose roll the person stands; flats elsewhere are belongings. ID number
    and telephone are encrypted, and found through their blind indexes. Birth and sex follow the ID
    number where there is one.
    """

    scope_path = "place"

    name = models.CharField(_("name"), max_length=40)
    name_key = ComparedField(source="name")
    place = models.ForeignKey(
        Unit, verbose_name=_("on the roll of"), on_delete=models.PROTECT, related_name="people"
    )
    id_number = EncryptedTextField(_("ID number"), blank=True, default="")
    id_index = models.CharField(max_length=64, null=True, unique=True, editable=False)
    phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    phone_tail = models.CharField(max_length=4, blank=True, db_index=True, editable=False)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    born = models.DateField(_("born"), null=True, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    marital = models.CharField(_("marital status"), max_length=10, choices=Marital, blank=True)
    employment = models.CharField(_("employment"), max_length=40, blank=True)
    insurance = models.CharField(_("medical insurance"), max_length=40, blank=True)
    registered_at = EncryptedTextField(_("registered residence"), blank=True, default="")
    note = EncryptedTextField(_("note"), blank=True, default="")
    # Another person of the roll; asked for under the age of 14 (PIPL art. 31).
    guardian = models.ForeignKey(
        "self",
        verbose_name=_("guardian"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="wards",
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    # What the person gave on the ground of consent: emptied when the consent is withdrawn.
    own_fields = models.JSONField(_("given by consent"), default=list, blank=True, editable=False)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    # Set when the retention rules emptied the row; what others refer to stays.
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [
            ("keep_roll", "May keep the roll of a place"),
            ("view_roll", "May read the roll of a place"),
        ]
        indexes = [
            models.Index(
                fields=["name_key"],
                name="person_name_starts",
                opclasses=["varchar_pattern_ops"],
                include=["place", "id"],
            ),
            # What follows the family name.
            models.Index(Substr("name_key", 2), name="person_by_given_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_not_own_guardian", condition=~Q(guardian=F("pk")) | Q(guardian=None)
            ),
            models.CheckConstraint(name="person_id_index_not_blank", condition=~Q(id_index="")),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever reads the roll of their place or of a flat of theirs, and the person themself."""
        reach = reach_of(user)
        # Of the row at hand: whoever looks for a few people does not gather all of a place first.
        inside = Belonging._default_manager.filter(
            reach.q("household__building", ROLL_READERS), person=OuterRef("pk"), ends=None
        )
        return [reach.q(cls.scope_path, ROLL_READERS), Q(account=user), Q(Exists(inside))]


class Belonging(Scoped):
    """That a person belongs to a household, from a day until a day; rows that ended are history.

    An owner's share is a fraction; both parts are empty where it is not known.
    """

    scope_path = "household__building"

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="belongings"
    )
    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.PROTECT, related_name="belongings"
    )
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    share_part = models.PositiveIntegerField(_("share"), null=True, blank=True)
    share_whole = models.PositiveIntegerField(_("of"), null=True, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    # Who verified it, when; empty for what came with an unverified list.
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("belonging")
        verbose_name_plural = _("belongings")
        constraints = [
            models.UniqueConstraint(
                name="belonging_once_at_a_time",
                fields=["person", "household"],
                condition=Q(ends=None),
            ),
            models.UniqueConstraint(
                name="belonging_one_first_owner",
                fields=["household"],
                condition=Q(ends=None, relation=Relation.OWNER),
            ),
            models.CheckConstraint(
                name="belonging_ends_after_start",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="belonging_share_is_fraction",
                condition=Q(share_part=None, share_whole=None)
                | Q(
                    relation__in=OWNING,
                    share_part__isnull=False,
                    share_whole__isnull=False,
                    share_part__gt=0,
                    share_whole__gt=0,
                    share_part__lte=F("share_whole"),
                ),
            ),
            models.CheckConstraint(
                name="belonging_verified_whole",
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.household} · {self.get_relation_display()}"

    @property
    def share(self) -> str:
        """1/2; "" where it is not known."""
        return f"{self.share_part}/{self.share_whole}" if self.share_part else ""

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [
            reach_of(user).q(cls.scope_path, ROLL_READERS),
            Q(person__account=user),
        ]
