from django.db import migrations
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from orgs.db.append_only import Lift


def rebuild(apps, schema_editor):
    """Writes the limits of the dispatches of before, and whose work each rating was about.

    A dispatch in force has its limits in the task. Of the others they were emptied: what a reminder
    or an escalation was made of is known, the rest stays empty and is marked as unknown. So is the
    first limit of work that was granted more time.
    """
    rows = {
        name: apps.get_model("tasks", name)._base_manager.using(schema_editor.connection.alias)
        for name in ("Assignment", "DecisionRequest", "Event", "LimitStepTaken", "Rating", "Task")
    }
    later = rows["Assignment"].filter(
        task=OuterRef("task"),
        dispatched_at__gt=OuterRef(OuterRef("dispatched_at")),
        dispatched_at__lte=OuterRef("at"),
    )
    granted = rows["DecisionRequest"].filter(kind="extension", granted=True, task=OuterRef("task"))

    def of_task(column):
        present = rows["Task"].filter(pk=OuterRef("task"), dispatch_round=OuterRef("round"))
        return Subquery(present.values(column))

    def of_steps(kind):
        taken = rows["LimitStepTaken"].filter(
            ~Exists(later),
            ~Exists(granted.filter(until=OuterRef("due_at"))),
            kind=kind,
            task=OuterRef("task"),
            at__gte=OuterRef("dispatched_at"),
            due_at__gte=OuterRef("dispatched_at"),
        )
        return Subquery(taken.order_by("due_at").values("due_at")[:1])

    extended = Exists(granted.filter(round=OuterRef("round")))
    rows["Assignment"].update(
        report_in_by=Coalesce(of_task("report_in_by"), of_steps("report_in")),
        respond_by=Coalesce(of_task("respond_by"), of_steps("contact")),
        resolve_by=Coalesce(
            Case(When(~extended, then=of_task("resolve_by"))), of_steps("resolve")
        ),
    )
    rows["Assignment"].filter(
        Q(report_in_by=None) | Q(respond_by=None) | Q(resolve_by=None)
    ).update(limits_known=False)
    done = rows["Event"].filter(task=OuterRef("task"), action="resolve", at__lte=OuterRef("at"))
    rows["Rating"].update(department=Subquery(done.order_by("-pk").values("department")[:1]))


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_dispatch_limits")]

    operations = [
        Lift("tasks_assignment", "tasks_rating"),
        migrations.RunPython(rebuild, migrations.RunPython.noop, elidable=True),
    ]
