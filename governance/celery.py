"""The Celery application; its jobs are the `jobs` modules of the packages."""

import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import import_modules
from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
app = Celery("governance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks(related_name="jobs")


@import_modules.connect(sender=app, weak=False)
def collect_schedules(**_signal: Any) -> None:
    """Each app's jobs say when they run."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "jobs"):
            jobs = import_module(f"{config.name}.jobs")
            app.conf.beat_schedule |= getattr(jobs, "SCHEDULE", {})
