"""The styles that every page loads, as one file: on a slow line each further file costs a round trip."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/portal.css"
# Their order counts; what a page has of its own comes behind them.
STYLES = (
    *("reset", "tokens", "base", "frame", "buttons", "forms", "panels", "lists", "light", "steps"),
    *("notice", "timeline"),
)
ON_PAPER = "print"


def portal_css() -> str:
    """The content of the one file."""
    sources: Path = settings.BASE_DIR / "static" / "css"
    parts = [(sources / f"{name}.css").read_text(encoding="utf-8") for name in STYLES]
    paper = (sources / f"{ON_PAPER}.css").read_text(encoding="utf-8")
    return "".join([*parts, f"@media print {{\n{paper}}}\n"])


class BundleFinder(BaseFinder):
    """Makes the file where the portal's data lie, anew whenever its parts say something else."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.storage = FileSystemStorage(location=settings.DATA_DIR / "bundles")

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        if path != NAME:
            return []
        made = self._made()
        return [made] if find_all else made

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        self._made()
        yield NAME, self.storage

    def _made(self) -> str:
        made, content = Path(self.storage.path(NAME)), portal_css()
        if not made.exists() or made.read_text(encoding="utf-8") != content:
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(content, encoding="utf-8")
        return str(made)
