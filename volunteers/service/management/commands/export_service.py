"""`manage.py export_service`: voluntary service for the official volunteer system, and its answers."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from volunteers.service.accounts import exports


class Command(BaseCommand):
    help = "Writes the next file of voluntary service (--out), reads answers (--answers), lists the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="CSV to write: records that were not sent yet")
        parser.add_argument("--answers", type=Path, help="CSV to read: record, number, reason")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["answers"]:
            self.stdout.write(f"{self._read(options['answers'], now)} answers taken.")
        if options["out"]:
            exports.collect(now)
            rows = exports.take(by=None, now=now)
            with options["out"].open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["record"])
                writer.writeheader()
                writer.writerows(rows)
            self.stdout.write(f"{len(rows)} records written.")
        for row in exports.not_accepted()[:100]:
            self.stdout.write(f"{row.pk}: {row.get_state_display()} {row.reason}")

    def _read(self, path: Path, now: Any) -> int:
        with path.open(newline="", encoding="utf-8-sig") as file:
            try:
                answers = [
                    exports.Answer(int(row["record"]), row.get("number", ""), row.get("reason", ""))
                    for row in csv.DictReader(file)
                ]
            except (KeyError, ValueError) as error:
                raise CommandError(f"Columns are record, number, reason: {error}") from error
        return exports.acknowledge(answers, by=None, now=now)
