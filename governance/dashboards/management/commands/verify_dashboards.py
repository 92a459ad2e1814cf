"""`manage.py verify_dashboards`: whether what dashboards show equals the rows it was counted from."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.dashboards import verification
from governance.dashboards.counting import everything
from tasks.rates import day_counts


class Command(BaseCommand):
    help = "Proves the numbers of dashboards equal to their base rows; names each that is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=verification.DAYS, help="how many days back (90)"
        )
        parser.add_argument(
            "--count", action="store_true", help="count everything anew first, as the jobs do"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["count"]:
            today = timezone.localdate(now)
            days = [today - timedelta(days=number) for number in range(options["days"])]
            day_counts.count_days(days, now)
            everything.count(timezone.now())
        proof = verification.prove(timezone.now(), options["days"])
        for difference in proof.differences:
            self.stderr.write(difference)
        if proof.waiting:
            self.stdout.write(
                f"{proof.waiting} changed since the last count: the next job follows."
            )
        if proof.differences:
            raise CommandError(f"{len(proof.differences)} of {proof.compared} numbers differ.")
        self.stdout.write(f"All {proof.compared} rows equal what they were counted from.")
