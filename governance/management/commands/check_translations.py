"""`make translations-check`: every text of the source has its Chinese."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import makemessages
from django.core.management.utils import popen_wrapper

LOCALE = "zh_Hans"
NOT_SHOWN = [".venv", "node_modules", "tests", "bench", "docs", "data"]


class Command(makemessages.Command):
    help = "Names texts that lack a Chinese translation; changes nothing. Needs GNU gettext."

    def add_arguments(self, parser: CommandParser) -> None:
        """None: the one catalogue is compared with the whole source."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(
            **options,
            locale=[LOCALE],
            exclude=[],
            all=False,
            domain="django",
            extensions=["html", "txt", "py"],
            symlinks=False,
            ignore_patterns=NOT_SHOWN,
            use_default_ignore_patterns=True,
            no_wrap=True,
            no_location=False,
            add_location=None,
            no_obsolete=False,
            keep_pot=False,
        )

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Compares the extracted texts with the catalogue instead of writing it."""
        source = settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "django.po"
        _output, errors, status = popen_wrapper(
            ["msgfmt", "--check", "-o", os.devnull, str(source)]
        )
        if status:
            raise CommandError(errors)
        # xgettext leaves placeholders for the number of plural forms.
        extracted = Path(potfile).read_bytes().replace(b"nplurals=INTEGER", b"nplurals=2")
        wanted = read_po(BytesIO(extracted.replace(b"plural=EXPRESSION", b"plural=0")))
        known = read_po(BytesIO(source.read_bytes()), locale=locale)
        missing = []
        for message in wanted:
            if not message.id:
                continue
            translated = known.get(message.id, message.context)
            string: Any = translated.string if translated else ""
            texts = string if isinstance(string, tuple | list) else (string,)
            if translated is None or translated.fuzzy or not all(texts):
                where = ", ".join(f"{path}:{line}" for path, line in message.locations[:2])
                missing.append(f"{message.id!r} ({where})")
        if missing:
            raise CommandError(
                f"{len(missing)} texts lack their Chinese:\n  " + "\n  ".join(missing)
            )
        self.stdout.write(f"All {len(wanted)} texts are in Chinese.")
