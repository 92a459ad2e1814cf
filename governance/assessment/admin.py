"""This app's part of the Django admin: found and read; the use-cases write."""

from django.contrib import admin
from django.urls import reverse

from governance.assessment.models import (
    AppealAttachment,
    CompoundClass,
    Evaluation,
    FigureFile,
    LeftOut,
    MemberReview,
    OutsideFigure,
    Run,
    RunEntry,
    Scheme,
    Score,
    ScoreAppeal,
)
from orgs.admin.base import ReadOnlyAdmin, ReadOnlyInline, ScopedReadOnlyAdmin


@admin.register(Scheme)
class SchemeAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "version", "state", "subject_kind", "period_kind", "source")
    list_filter = ("state", "subject_kind", "period_kind")
    search_fields = ("code", "name")

    def view_on_site(self, obj: Scheme) -> str:
        """A scheme is edited on its page, as its next version."""
        return reverse("assessment:scheme_edit", args=[obj.pk])


class EntriesOfRun(ReadOnlyInline):
    model = RunEntry
    fields = ("at", "by", "who", "action", "text")
    readonly_fields = fields


@admin.register(Run)
class RunAdmin(ScopedReadOnlyAdmin):
    list_display = ("code", "period", "revision", "state", "subjects", "scored", "computed_at")
    list_filter = ("state",)
    search_fields = ("code", "period")
    inlines = (EntriesOfRun,)


@admin.register(Score)
class ScoreAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "run", "value", "band")
    list_select_related = ("run",)
    search_fields = ("name", "code")


@admin.register(ScoreAppeal)
class ScoreAppealAdmin(ScopedReadOnlyAdmin):
    list_display = ("score", "at", "state", "decided_at")
    list_filter = ("state",)
    list_select_related = ("score",)


@admin.register(Evaluation)
class EvaluationAdmin(ScopedReadOnlyAdmin):
    list_display = ("code", "period", "group", "points", "on_paper", "at")
    list_filter = ("group",)


@admin.register(MemberReview)
class MemberReviewAdmin(ScopedReadOnlyAdmin):
    list_display = ("member", "year", "grade", "ended_office", "held_on")
    list_filter = ("grade",)
    list_select_related = ("member",)


@admin.register(FigureFile)
class FigureFileAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "file_name", "starts", "ends", "source", "at")


@admin.register(CompoundClass)
class CompoundClassAdmin(ScopedReadOnlyAdmin):
    list_display = ("compound", "kind", "starts", "ends", "reason")
    list_filter = ("kind",)
    list_select_related = ("compound",)


for _model in (LeftOut, OutsideFigure, AppealAttachment):
    admin.site.register(_model, ReadOnlyAdmin)
