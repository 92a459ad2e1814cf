"""The posts of a building: which there are, and who holds them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import Household, Person
from volunteers.enums import POST_READERS, SINGLE_SEATS, BuildingRole, RoleSetCode

if TYPE_CHECKING:
    from orgs.models import User


class RoleSet(models.Model):
    """Which posts a building should have. Of each code the highest version is in force.

    Append-only: a correction is the next version.
    """

    code = models.CharField(_("set of posts"), max_length=20, choices=RoleSetCode)
    version = models.PositiveSmallIntegerField(_("version"))
    # Codes of BuildingRole, in the order in which they are shown.
    roles = models.JSONField(_("posts"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("set of posts")
        verbose_name_plural = _("sets of posts")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(name="role_set_version_once", fields=["code", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.version})"


class RoleSetChoice(Scoped):
    """Which set holds in a unit and below it; the nearest unit's choice counts."""

    unit = models.OneToOneField(
        Unit, verbose_name=_("unit"), on_delete=models.CASCADE, related_name="role_set_choice"
    )
    code = models.CharField(_("set of posts"), max_length=20, choices=RoleSetCode)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("chosen by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    chosen_at = models.DateTimeField(_("chosen at"))

    class Meta:
        verbose_name = _("choice of posts")
        verbose_name_plural = _("choices of posts")
        constraints = [
            models.CheckConstraint(
                name="role_set_code_known", condition=Q(code__in=RoleSetCode.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_code_display()}"


class BuildingPost(Scoped):
    """That somebody holds a post of a building, from a day until a day.

    A centre household is a household; another post is held by a person of the roll, by an account,
    or by somebody from outside whose name is all that is known.
    """

    scope_path = "building"

    building = models.ForeignKey(
        Unit,
        verbose_name=_("building"),
        on_delete=models.PROTECT,
        related_name="posts",
        limit_choices_to={"kind": UnitKind.BUILDING},
    )
    role = models.CharField(_("post"), max_length=12, choices=BuildingRole)
    title = models.CharField(_("name of the post"), max_length=40, blank=True)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person of the roll"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="building_posts",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="building_posts",
    )
    name = models.CharField(_("name"), max_length=40, blank=True)
    household = models.ForeignKey(
        Household,
        verbose_name=_("centre household"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="centre_posts",
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("building post")
        verbose_name_plural = _("building posts")
        permissions = [
            ("keep_posts", "May fill and empty the posts of a building"),
            ("view_posts", "May see who holds the posts of a building"),
            ("count_posts", "May see which posts of a place are empty"),
            ("choose_role_set", "May choose which posts a place has"),
        ]
        indexes = [
            models.Index(fields=["building", "role"], name="post_open", condition=Q(ends=None))
        ]
        constraints = [
            models.UniqueConstraint(
                name="post_one_holder",
                fields=["building", "role"],
                condition=Q(ends=None, role__in=sorted(SINGLE_SEATS)),
            ),
            models.CheckConstraint(
                name="post_ends_after_start", condition=Q(ends=None) | Q(ends__gte=F("starts"))
            ),
            models.CheckConstraint(
                name="post_has_one_holder",
                condition=Q(
                    role=BuildingRole.CENTRE, household__isnull=False, person=None, user=None, name=""
                )
                | (
                    ~Q(role=BuildingRole.CENTRE)
                    & Q(household=None)
                    & (
                        Q(person__isnull=False, user=None, name="")
                        | Q(person=None, user__isnull=False, name="")
                        | (Q(person=None, user=None) & ~Q(name=""))
                    )
                ),
            ),
            models.CheckConstraint(
                name="post_other_has_title",
                condition=(Q(role=BuildingRole.OTHER) & ~Q(title=""))
                | (Q(role__in=sorted(SINGLE_SEATS), title="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.building} · {self.label}"

    @property
    def label(self) -> str:
        """What the post is called."""
        return self.title or self.get_role_display()

    @property
    def holder(self) -> str:
        """Who holds it; whoever holds a post is known by name to those who work with it."""
        return str(self.household.door if self.household else self.person or self.user or self.name)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [
            reach_of(user).q(cls.scope_path, POST_READERS),
            Q(person__account=user) | Q(user=user),
        ]
