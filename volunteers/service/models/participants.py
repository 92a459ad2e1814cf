"""Whoever serves: with an account, as a person of the roll, or by name from a printed sheet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.values.names import ComparedField
from residents.models import Person
from volunteers.service.models.base import Served, actor, place


class Participant(Served):
    """Somebody who serves; one row for each, that report-ins, sign-ups and accounts hang on.

    `account` is who uses the portal, `person` who stands on the roll: either may be missing, so that
    whoever has no telephone takes part as well. `place` is where they serve, and who keeps them.
    """

    scope_path = "place"
    own_path = ""

    name = models.CharField(_("name"), max_length=40)
    name_key = ComparedField(source="name")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participant",
    )
    person = models.OneToOneField(
        Person,
        verbose_name=_("person of the roll"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participant",
    )
    phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    place = place(_("serves at"), related_name="participants")
    born_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    # Codes of Skill: what an activity or an item may ask for.
    skills = models.JSONField(_("skills"), default=list, blank=True)
    # Whether the yearly publicity may name this person (志愿服务条例, art. 20); asked, never presumed.
    shows_name_since = models.DateTimeField(_("agreed to be named"), null=True, blank=True)
    entered_by = actor(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        permissions = [("view_service", "May see the service of a place")]
        indexes = [models.Index(fields=["place", "name_key"], name="participant_by_name")]
        constraints = [
            models.CheckConstraint(name="participant_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="participant_born_year",
                condition=Q(born_year=None) | Q(born_year__range=(1900, 2100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def account_key(self) -> int | None:
        """The account that this is: its own, else that of its person on the roll, which has not served yet."""
        if self.account_id is None and self.person is not None:
            return self.person.account_id
        return self.account_id

    @property
    def telephone(self) -> str:
        """The number given on paper, else that of the person on the roll; "" for none."""
        return self.phone or (self.person.phone if self.person is not None else "")
