"""The first page of the administration: grouped by noun, technical tables folded away."""

from django.contrib import admin
from django.urls import reverse

from governance.admin_site import GROUPS
from orgs.admin.base import PortalAdmin
from orgs.models import Grid, User

# What no cadre looks for, each with its reason; everything else stands in a group.
FOLDED = {
    **dict.fromkeys(
        (
            "django_celery_beat.ClockedSchedule",
            "django_celery_beat.CrontabSchedule",
            "django_celery_beat.IntervalSchedule",
            "django_celery_beat.PeriodicTask",
            "django_celery_beat.SolarSchedule",
        ),
        "when jobs run: for whoever runs the machine",
    ),
    **dict.fromkeys(
        (
            "dashboards.Board",
            "dashboards.BoardDay",
            "dashboards.DutyMonth",
            "dashboards.HotSpot",
            "dashboards.Reckoning",
        ),
        "counted by jobs, shown on dashboards",
    ),
    "assessment.AppealAttachment": "shown with its appeal",
    "assessment.FigureFile": "shown with its figures",
    "data_forms.FilledFile": "shown with its run",
    "orgs.Attachment": "files, shown on the page of what they belong to",
    "orgs.Bookmark": "how far a job has read",
    "orgs.IdempotentAnswer": "answers kept against sending twice",
    "orgs.NoticeAddress": "everybody keeps the own ones",
    "orgs.NoticeChoice": "everybody keeps the own ones",
    "orgs.OneTimeCode": "hashes of codes, for minutes",
    "orgs.UnitAlias": "codes of before, shown with their unit",
    "residents.CoverageDay": "counted by a job, shown under coverage",
    "residents.DoorCode": "hashes of codes on letters",
    "residents.LetterRun": "shown on the page of its letters",
    "residents.LetterSheet": "shown on the page of its letters",
    "tasks.Assignment": "shown with its task",
    "tasks.DayCount": "counted by a job, shown under rates",
    "tasks.Event": "the timeline, shown with its task",
    "tasks.LimitStepTaken": "shown on the timeline of its task",
    "tasks.MeasureAttachment": "shown with its measure",
    "tasks.MeasureEntry": "shown with its measure",
    "tasks.SavedFilter": "everybody keeps the own ones",
    "tasks.TaskAttachment": "shown with its task",
    "tasks.Transfer": "shown on the timeline of its task",
}


def test_what_is_kept_stands_in_one_group_or_is_folded_for_a_reason():
    labels = [label for _name, names in GROUPS for label in names.split()]
    registered = {model._meta.label for model in admin.site._registry}
    assert len(labels) == len(set(labels))
    assert registered - set(labels) == FOLDED.keys()
    assert set(labels) - registered == set()


def test_what_no_cadre_keeps_is_folded(page, cast):
    response = page(cast.admin).get("/admin/")
    groups = response.context["app_list"]
    assert [bool(group.get("folded")) for group in groups] == [False] * len(GROUPS) + [True]
    folded = {model["object_name"] for model in groups[-1]["models"]}
    assert {"IdempotentAnswer", "Bookmark", "PeriodicTask", "DayCount"} <= folded
    assert "css/admin.css" in response.text
    assert "<details>" in response.text


def test_each_sees_the_groups_of_the_own_work_only(page, cast):
    User.objects.filter(pk=cast.district_cadre.pk).update(is_staff=True)
    groups = page(cast.district_cadre).get("/admin/").context["app_list"]
    names = {model["object_name"] for group in groups for model in group["models"]}
    assert "Task" in names
    assert "AuditEntry" not in names


def test_the_page_of_an_app_stays(page, cast):
    assert page(cast.admin).get("/admin/tasks/").status_code == 200


def test_an_empty_form_takes_any_words_from_its_address(page, cast):
    client, opened = page(cast.admin), []
    for model, kept in admin.site._registry.items():
        if not isinstance(kept, PortalAdmin):
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        fields = (*model._meta.fields, *model._meta.many_to_many)
        answer = client.get(address, {field.name: "ee,%s" for field in fields} | {"units": "ee"})
        assert answer.status_code in (200, 403), address
        opened += [model] if answer.status_code == 200 else []
    assert Grid in opened
