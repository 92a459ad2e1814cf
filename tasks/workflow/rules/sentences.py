"""What an entry of a task's timeline adds to its action: kind, departments, reasons, numbers."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.values.text import listed
from tasks.enums import (
    STAGE_LIMITS,
    DeclineReason,
    GuestKind,
    LimitKind,
    LimitStep,
    Outcome,
    WhistleKind,
)
from tasks.models import Event


def whistled(event: Event, *, internal: bool) -> str:
    """Whom the community would call is for the street, not for the reporter."""
    kind = str(WhistleKind(event.data["kind"]).label)
    proposed = event.data.get("departments") if internal else None
    if not proposed:
        return kind
    return _("%(kind)s; proposed: %(names)s") % {
        "kind": kind,
        "names": listed(name for _code, name in sorted(proposed.items())),
    }


def declined(event: Event, *, internal: bool) -> str:
    return str(DeclineReason(event.data["reason_code"]).label)


def dispatched(event: Event, *, internal: bool) -> str:
    """What the street instructs is for the departments."""
    lead, assist = event.data["lead"], event.data["assist"]
    called = _("lead: %(lead)s") % {"lead": lead}
    if assist:
        called = _("lead: %(lead)s; assisting: %(assist)s") % {
            "lead": lead,
            "assist": listed(assist),
        }
    if internal and event.data.get("instructions"):
        return f"{called} · {event.data['instructions']}"
    return called


def transferred(event: Event, *, internal: bool) -> str:
    return f"{event.data['from']} → {event.data['to']}"


def corrected(event: Event, *, internal: bool) -> str:
    """What it was and what it is now."""
    names = {"category": _("category"), "unit": _("Where")}
    return listed(
        f"{names[what]} {old} → {new}"
        for what in names
        if what in event.data
        for old, new in [event.data[what]]
    )


def merged(event: Event, *, internal: bool) -> str:
    if "into" in event.data:
        return _("goes on under %(number)s") % {"number": event.data["into"]}
    return _("joined by %(number)s") % {"number": event.data["from"]}


def resolved(event: Event, *, internal: bool) -> str:
    """Why others were not finished is for the authorities."""
    outcome = str(Outcome(event.data["outcome"]).label)
    if internal and event.data.get("reason"):
        return f"{outcome} · {event.data['reason']}"
    return outcome


def confirmed(event: Event, *, internal: bool) -> str:
    return _("confirmed by whoever did it") if event.data.get("self_confirmed") else ""


def rated(event: Event, *, internal: bool) -> str:
    data = event.data
    return _("%(stars)d stars · %(resolved)s · %(contacted)s") % {
        "stars": data["stars"],
        "resolved": _("resolved") if data["resolved"] else _("not resolved"),
        "contacted": _("was contacted") if data["contacted"] else _("was not contacted"),
    } + (" · " + _("entered after a call") if data["called_back"] else "")


def decided(event: Event, *, internal: bool) -> str:
    return _("granted") if event.data["granted"] else _("not granted")


def refusal_decided(event: Event, *, internal: bool) -> str:
    if event.data["granted"]:
        return _("refusal granted, to be dispatched anew")
    return _("not granted, this department handles it")


def assigned(event: Event, *, internal: bool) -> str:
    return str(event.data["person"])


def visit_arranged(event: Event, *, internal: bool) -> str:
    """When, where, and who is invited."""
    data = event.data
    at = timezone.localtime(datetime.fromisoformat(data["starts_at"]))
    return _("%(at)s, %(place)s; invited: %(names)s") % {
        "at": date_format(at, "DATETIME_FORMAT"),
        "place": data["place"],
        "names": _guests(data["guests"]),
    }


def visit_recorded(event: Event, *, internal: bool) -> str:
    """Who came, and who was invited and did not."""
    came, missing = _guests(event.data["came"]), _guests(event.data["missing"])
    words = _("came: %(names)s") % {"names": came or _("nobody")}
    if not missing:
        return words
    return f"{words} · " + _("did not come: %(names)s") % {"names": missing}


def _guests(guests: list[list[str]]) -> str:
    return listed(name or str(GuestKind(kind).label) for kind, name in guests)


def limit_step(event: Event, *, internal: bool) -> str:
    limit, step = LimitKind(event.data["limit"]), LimitStep(event.data["step"])
    words = str(step.label)
    if limit in STAGE_LIMITS and step == LimitStep.REMIND:
        words = _("whoever has it is reminded")
    elif limit in STAGE_LIMITS and step == LimitStep.COMMUNITY:
        words = _("whoever has it is told")
    return _("%(limit)s: %(step)s") % {"limit": limit.label, "step": words}


def refused(event: Event, *, internal: bool) -> str:
    return _("a second refusal: the district decides") if event.data.get("asks") else ""
