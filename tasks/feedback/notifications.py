"""What an invitation to rate departments says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NoticeKind
from tasks.feedback.feedback import INVITED


def _invitation(data: Mapping[str, Any]) -> str:
    until = date_format(date.fromisoformat(data["until"]))
    return _("%(street)s asks you to rate departments until %(until)s.") % {**data, "until": until}


KINDS = (NoticeKind(INVITED, gettext_lazy("you are asked to rate departments"), _invitation),)
