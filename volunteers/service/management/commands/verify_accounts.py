"""`manage.py verify_accounts`: whether every account of minutes and points fits together."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from volunteers.service.accounts import proofs
from volunteers.service.models import MinutesAccount, PointsAccount


class Command(BaseCommand):
    help = "Checks the accounts of minutes and points: balances are sums, chains of hashes hold."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for problem in proofs.problems():
            wrong += 1
            self.stderr.write(str(problem))
        if wrong:
            raise CommandError(f"{wrong} problems: see above.")
        number = MinutesAccount.objects.count() + PointsAccount.objects.count()
        self.stdout.write(f"{number} accounts fit together.")
