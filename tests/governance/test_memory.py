"""What a process that has just started does not load: libraries that few processes need."""

import subprocess
import sys

import pytest
from django.conf import settings

# What they would take together: 60 MB of each process.
SELDOM_NEEDED = {"PIL", "apprise", "av", "fpdf", "openpyxl", "pillow_heif", "qrcode"}
WEB = "import governance.wsgi, django.urls; django.urls.get_resolver().url_patterns"
WORKER = "from governance.celery import app; app.loader.import_default_modules()"


@pytest.mark.parametrize("start", [WEB, WORKER], ids=["web", "worker"])
def test_a_fresh_process_has_loaded_no_library_that_is_seldom_needed(start):
    program = f"import sys, django; django.setup(); {start}; print(*sys.modules)"
    started = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(started.stdout.split())
    assert "tasks.jobs" in loaded if start == WORKER else "tasks.lists.api" in loaded
    assert loaded & SELDOM_NEEDED == set()
