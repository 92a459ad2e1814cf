"""`manage.py verify_poll ID`: whether everything that is kept of a poll still fits together."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from residents.deliberation.models import Poll
from residents.deliberation.polls.box import verification


class Command(BaseCommand):
    help = "Checks a poll: announced text, roll, chain of ballots, checkpoints, result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        poll = Poll.objects.select_related("unit").filter(pk=options["id"]).first()
        if poll is None:
            raise CommandError(f"There is no poll {options['id']}.")
        problems = list(verification.problems(poll))
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"Poll {poll.pk} does not fit together.")
        box = getattr(poll, "box", None)
        self.stdout.write(f"Poll {poll.pk} fits together: {box.length if box else 0} ballots.")
