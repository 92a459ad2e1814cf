"""What people say in the discussion of a topic, and what is decided about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.deliberation.enums import CommentState
from residents.deliberation.models.topics import OfTopic, Topic, account, on_behalf

MAX_COMMENT = 2000


class Comment(OfTopic):
    """A contribution, or an answer to one (one level). It may be hidden with a public reason.

    Whoever wrote it may appeal once; somebody else than whoever hid it decides.
    """

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="comments")
    answers = models.ForeignKey(
        "self",
        verbose_name=_("answers"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_by",
    )
    text = models.TextField(_("text"))
    by = account(_("by"))
    person = on_behalf()
    # As what they speak, in words of that day: "owner", "owners' committee".
    speaks_as = models.CharField(_("speaks as"), max_length=20)
    at = models.DateTimeField(_("when"))
    state = models.CharField(
        _("state"), max_length=10, choices=CommentState, default=CommentState.SHOWN
    )
    hidden_by = account(_("hidden by"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    appeal = models.CharField(_("appeal"), max_length=500, blank=True)
    decided_by = account(_("appeal decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("appeal decided at"), null=True, blank=True)
    decision = models.CharField(_("decision on the appeal"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        permissions = [("moderate_comment", "May hide comments of a place's discussions")]
        constraints = [
            models.CheckConstraint(
                name="comment_hidden_whole",
                condition=Q(hidden_by=None, hidden_at=None, reason="", state=CommentState.SHOWN)
                | (Q(hidden_by__isnull=False, hidden_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="comment_appeal_decided_by_another",
                condition=Q(decided_by=None, decided_at=None)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("hidden_by"))
                    & ~Q(appeal="")
                ),
            ),
            models.CheckConstraint(
                name="comment_appealed_whole",
                condition=~Q(state__in=[CommentState.APPEALED, CommentState.UPHELD])
                | ~Q(appeal=""),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_hidden(self) -> bool:
        return self.state != CommentState.SHOWN
