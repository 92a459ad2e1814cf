"""`manage.py load_demo`: the demo district, once."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance import demo
from orgs.errors import DomainError


class Command(BaseCommand):
    help = "Loads the demo district with its accounts and some 300 tasks. Needs DEMO=1 or --force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="load it without DEMO=1 too")
        parser.add_argument("--seed", type=int, default=demo.SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or options["force"]):
            raise CommandError(
                "The demo accounts share one known password: load them only with DEMO=1, "
                "or with --force if you mean it."
            )
        started = monotonic()
        try:
            loaded = demo.load(now=timezone.now(), seed=options["seed"], progress=self.progress)
        except DomainError as error:
            raise CommandError(error.message) from error
        if not loaded.is_new:
            self.stdout.write("The demo district is loaded already; nothing was changed.")
            return
        self.stdout.write(
            f"Loaded {sum(loaded.tasks.values())} tasks in {monotonic() - started:.0f} s. "
            "People, numbers and compounds are invented."
        )
        for status, count in sorted(loaded.tasks.items()):
            self.stdout.write(f"  {count:>4}  {status}")
        self.stdout.write(
            f"Progress without an account: number {loaded.number}, telephone {loaded.phone}"
        )

    def progress(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()
