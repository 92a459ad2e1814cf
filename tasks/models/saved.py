"""Filters that people keep."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A filter of the list of tasks under a name of its owner's choice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="saved_filters",
    )
    name = models.CharField(_("name"), max_length=20)
    # As in the address of the list, in a fixed order.
    query = models.CharField(_("filter"), max_length=1000)
    is_default = models.BooleanField(_("shown first"), default=False)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_saved_filter_a_name"),
            models.UniqueConstraint(
                fields=["user"], name="one_default_filter_a_user", condition=Q(is_default=True)
            ),
            models.CheckConstraint(name="saved_filter_whole", condition=~Q(name="") & ~Q(query="")),
        ]

    def __str__(self) -> str:
        return self.name
