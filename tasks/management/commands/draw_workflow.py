"""`manage.py draw_workflow`: docs/workflow.md from the table of transitions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tasks.workflow import diagram

PAGE = settings.BASE_DIR / "docs" / "workflow.md"


class Command(BaseCommand):
    help = "Writes docs/workflow.md from the workflow's table."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(diagram.page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE.relative_to(settings.BASE_DIR)}.")
