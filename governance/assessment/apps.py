from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "assessment.draft-scheme": _("scheme of an assessment drafted"),
    "assessment.publish-scheme": _("scheme of an assessment put in force"),
    "assessment.end-scheme": _("scheme of an assessment ended"),
    "assessment.appeal-score": _("appeal against a score made"),
    "assessment.decide-scoreappeal": _("appeal against a score decided"),
    "assessment.leave-out": _("row left out of an assessment"),
    "assessment.import-figures": _("outside figures imported"),
    "assessment.rate": _("subject of an assessment rated"),
    "assessment.review-member": _("yearly review of a committee member entered"),
    "assessment.end-office": _("office ended by two reviews"),
    "assessment.set-class": _("class of a compound set"),
    "assessment.end-class": _("class of a compound taken away"),
    "assessment.export-run": _("results of an assessment exported"),
    "assessment.export-awards": _("list of honours exported"),
    "assessment.print-score": _("letter about a score printed"),
}

# What nobody changes. Of some a few columns stay free, and the others are written once.
APPEND_ONLY = (
    *("RunEntry", "RunRow", "Score", "AppealAttachment", "LeftOut"),
    *("Evaluation", "MemberReview", "FigureFile"),
)
PARTLY_FREE: dict[str, tuple[str, ...]] = {
    "Run": (
        *("state", "claim", "claimed_at", "collected", "subjects", "scored", "fingerprint"),
        *("computed_at", "released_at", "appeal_until", "published_at", "archived_at"),
    ),
    "ScoreAppeal": ("state", "decision"),
    "OutsideFigure": ("is_latest",),
    "CompoundClass": ("end_reason",),
}


class AssessmentConfig(AppConfig):
    name = "governance.assessment"
    label = "assessment"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        from governance.assessment import grants  # noqa: F401 (fills the table of permissions)
        from governance.assessment.enums import RunAction
        from governance.assessment.indicators import (  # noqa: F401 (they register themselves)
            coverage,
            deliberation,
            opinions,
            outside,
            property,
            service,
            work,
        )
        from governance.assessment.navigation import ITEMS
        from governance.assessment.notifications import KINDS
        from governance.assessment.ratings.reviews import may_see_minutes
        from governance.assessment.review.appeals import may_see_attachment
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.notifications import notifications
        from orgs.web import navigation

        for name in APPEND_ONLY:
            append_only.register(f"assessment.{name}")
        for name, free in PARTLY_FREE.items():
            append_only.register(f"assessment.{name}", free=free)
        # A draft is free; a version in force changes its state alone.
        append_only.register("assessment.Scheme", free=("state",), draft=("state", "draft"))
        navigation.register(ITEMS)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_attachment)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_minutes)
        for kind in KINDS:
            notifications.register(kind)
        labels.add(AUDIT_LABELS)
        for action in RunAction:
            labels.add({f"assessment.{action}-run": action.label, f"run-{action}": action.label})
