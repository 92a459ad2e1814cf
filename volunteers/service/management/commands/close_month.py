"""`manage.py close_month 2026-03`: counts, closes and writes letters for all branches, oldest first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orgs.errors import DomainError
from volunteers.service.duty import months


class Command(BaseCommand):
    help = "Closes a month of service, after every older one. Run twice it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="like 2026-03")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = months.parse(options["month"])
            reviewed, closed = months.close_by_hand(month, timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{reviewed} months counted, {closed} closed.")
