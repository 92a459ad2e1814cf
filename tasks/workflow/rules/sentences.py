"""What an entry of a task's timeline adds to its action: kind, departments, reasons, numbers."""

from django.utils.translation import gettext as _

from orgs.values.text import listed
from tasks.enums import DeclineReason, LimitKind, LimitStep, Outcome, WhistleKind
from tasks.models import Event


def whistled(event: Event, *, internal: bool) -> str:
    return str(WhistleKind(event.data["kind"]).label)


def declined(event: Event, *, internal: bool) -> str:
    return str(DeclineReason(event.data["reason_code"]).label)


def dispatched(event: Event, *, internal: bool) -> str:
    lead, assist = event.data["lead"], event.data["assist"]
    if not assist:
        return _("lead: %(lead)s") % {"lead": lead}
    return _("lead: %(lead)s; assisting: %(assist)s") % {"lead": lead, "assist": listed(assist)}


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


def limit_step(event: Event, *, internal: bool) -> str:
    return _("%(limit)s: %(step)s") % {
        "limit": LimitKind(event.data["limit"]).label,
        "step": LimitStep(event.data["step"]).label,
    }


def refused(event: Event, *, internal: bool) -> str:
    return _("a second refusal: the district decides") if event.data.get("asks") else ""
