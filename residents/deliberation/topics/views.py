"""Topics: the list, proposing one, its page, every step with it, the rules of a place."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs import registry
from orgs.accounts.sign_in import signed_in
from orgs.models import District, Unit, User
from orgs.scoping import in_district, lies_in
from orgs.units.queries import unit_by_code
from orgs.web.pages import Trail, use_case_page
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from orgs.workflow.specification import first_of, text_for
from orgs.workflow.transitions import Option
from orgs.workflow.views import ActView
from residents.deliberation.enums import FINAL_STAGES, Decider, TopicAction, TopicStage
from residents.deliberation.models import Poll, Topic
from residents.deliberation.topics import names, queries
from residents.deliberation.topics.course import decisions, eligibility, proposals, rules, states
from residents.deliberation.topics.course.paper import DESK, enters, paper_places
from residents.deliberation.topics.course.proposals import places_for
from residents.deliberation.topics.course.specification import SPECIFICATIONS
from residents.deliberation.topics.course.workflow import WORKFLOW
from residents.deliberation.topics.forms import ProposeForForm, ProposeForm, RuleForm
from residents.roll.values.masking import name_for

# What the list offers: topics under way, those that have ended, everything.
VIEWS = ("open", "ended", "all")
# Nothing is asked for oneself.
_SIGNING = (TopicAction.CO_SIGN, TopicAction.WITHDRAW_SIGNATURE)


@require_safe
@login_required
def topics(request: HttpRequest) -> HttpResponse:
    """The topics in sight, newest first, each with where it stands."""
    user, now = signed_in(request), timezone.now()
    view = request.GET.get("view", VIEWS[0])
    rows = queries.topics(user)
    if view == "ended":
        rows = rows.filter(stage__in=FINAL_STAGES)
    elif view != "all":
        view, rows = VIEWS[0], rows.exclude(stage__in=FINAL_STAGES)
    stage = request.GET.get("stage", "")
    if stage in TopicStage.values:
        rows = rows.filter(stage=stage)
    place = _place(request)
    if isinstance(place, Unit):
        rows = rows.filter(lies_in(place, "unit"))
    elif place:
        rows = rows.filter(in_district(place, "unit"))
    if request.GET.get("late"):
        rows = rows.filter(due_by__lt=now)
    page = page_by_key(request, rows.select_related("rule"))
    labels = {"open": _("Under way"), "ended": _("Ended"), "all": _("All")}
    context = {
        "now": now,
        "page": page,
        "rows": [(row, states.sentence(row), row.light(now)) for row in page.rows],
        "view": view,
        "place": place,
        "tabs": [(name, labels[name]) for name in VIEWS],
        "may_propose": user.has_perm("deliberation.propose_topic"),
        "enters_at": paper_places(user),
    }
    return render(request, "deliberation/topics/list.html", context)


def _place(request: HttpRequest) -> Unit | District | None:
    """The place or the district that narrows the list; Http404 where there is no such code."""
    unit, district = (request.GET.get(name, "")[:24] for name in ("unit", "district"))
    if unit:
        if found := unit_by_code(unit, Unit.objects.all()):
            return found
        raise Http404
    if not district or "\0" in district:
        return None
    return get_object_or_404(District, code=district)


@login_required
def propose(request: HttpRequest) -> HttpResponse:
    """Proposes a topic: first where (if there is a choice), then what."""
    user = signed_in(request)
    code = request.GET.get("unit", "")
    trail = [(_("Topics"), reverse("deliberation:topics")), (_("Raise a topic"), "")]
    if not code:
        places = places_for(user)
        if not places:
            raise PermissionDenied
        if len(places) > 1:
            context = {"heading": _("Raise a topic"), "places": places, "trail": trail}
            return render(request, "deliberation/topics/where.html", context)
        unit = places[0]
    else:
        found = unit_by_code(code, Unit.objects.all())
        if found is None:
            raise Http404
        unit = found
    if not user.has_perm("deliberation.propose_topic", unit):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(ProposeForm, unit=unit, user=user),
        partial(proposals.propose, unit=unit),
        heading=_("Raise a topic"),
        submit=_("Raise it"),
        done=_proposed,
        back=reverse("deliberation:topics"),
        then=_address,
        template="deliberation/topics/form.html",
        trail=trail,
        place=unit,
        rule=rules.rule_in_force(unit),
    )


@login_required
def propose_for(request: HttpRequest, code: str) -> HttpResponse:
    """The desk raises for a resident what stands on their paper; the same rows are written."""
    user = signed_in(request)
    unit = unit_by_code(code, Unit.objects.all())
    if unit is None or unit.kind not in rules.TOPIC_PLACES:
        raise Http404
    if not enters(user, unit):
        raise PermissionDenied
    heading = _("Raise a topic for a resident")
    return use_case_page(
        request,
        partial(ProposeForForm, unit=unit, user=user),
        partial(proposals.propose, unit=unit),
        heading=heading,
        submit=_("Raise it"),
        done=_proposed,
        back=reverse("deliberation:topics"),
        then=_address,
        template="deliberation/topics/form.html",
        trail=[(_("Topics"), reverse("deliberation:topics")), (heading, "")],
        place=unit,
        rule=rules.rule_in_force(unit),
    )


def _proposed(topic: Topic) -> str:
    missing = eligibility.needed(topic) - eligibility.counted(topic, eligibility.counts(topic))
    if missing > 0:
        return _("Raised. %(missing)d more neighbours have to sign; send them the address.") % {
            "missing": missing
        }
    return _("Raised. The discussion can be opened.")


@require_safe
@login_required
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one topic, and what the reader may do."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    entries = list(queries.timeline(row))
    shown = names.names_for([row.proposer_id, *(one.by_id for one in entries)], user, [row.person])
    signed = eligibility.counts(row)
    mine = WORKFLOW.options(row, user, now)
    context = {
        "now": now,
        "topic": row,
        "trail": _trail(row),
        "light": row.light(now),
        "process": states.process(row, entries),
        "sentence": states.sentence(row),
        "next_step": states.next_step(row),
        "holder": states.holder(row),
        "proposer": shown.on_behalf(row.person, entries[-1].who if entries else "resident")
        if row.person
        else shown.of(row.proposer, entries[-1].who if entries else "resident"),
        "photos": [
            one.attachment
            for entry in entries
            if entry.action == TopicAction.PROPOSE
            for one in entry.attached.all()
        ],
        "signed": signed,
        "needed": eligibility.needed(row),
        "counted": eligibility.counted(row, signed),
        "only_owners": eligibility.for_owners(row.decider),
        "petition": eligibility.petition(row) if _shows_petition(row) else None,
        "convene_light": _convene_light(row, now),
        "sides": list(row.sides.all()),
        "polls": _polls(row, user),
        "may_poll": row.decider != Decider.COMMITTEE
        and row.stage not in FINAL_STAGES
        and (row.stage == TopicStage.DECIDING or row.petition_at is not None)
        and not decisions.deciding_polls(row).exists()
        and user.has_perm("deliberation.organise_poll", row.unit),
        "entries": [
            (entry, names.author(entry, shown), WORKFLOW.sentence(entry)) for entry in entries
        ],
        "versions": row.text_version > 1,
        "panels": called_panels(registry.Name.TOPIC_PANELS, topic=row, user=user, now=now),
        **_choices(row, mine, desk=bool(WORKFLOW.relations(row, user) & DESK)),
    }
    return render(request, "deliberation/topics/topic.html", context)


def _polls(row: Topic, user: User) -> list[Poll]:
    """The polls of a topic that the reader may see."""
    return list(Poll.objects.visible_to(user).filter(topic=row).order_by("-pk"))


def _shows_petition(row: Topic) -> bool:
    early = row.stage in (TopicStage.PROPOSED, TopicStage.DISCUSSING, TopicStage.REVIEWING)
    return eligibility.has_petition(row) and (early or row.petition_at is not None)


def _convene_light(row: Topic, now: datetime) -> str:
    """The light of the duty to convene."""
    due = row.order_by or row.convene_by
    if due is None or row.stage in FINAL_STAGES or decisions.is_convened(row):
        return ""
    if now > due:
        return "red"
    return "yellow" if (due - now).days < 7 else "green"


def _choices(row: Topic, mine: list[Option], *, desk: bool) -> dict[str, Any]:
    """The first action, the other open ones, the closed ones with their reasons."""
    # At the desk signing and judging are what others say, never one's next step.
    others = (*_SIGNING, TopicAction.RATE) if desk else ()
    own = [option for option in mine if option.action not in others]
    first = first_of(SPECIFICATIONS, own)
    opened = [option.action for option in mine if option.is_open]
    return {
        "first": _button(first, row, desk) if first else None,
        "others": [_button(action, row, desk) for action in opened if action != first],
        "closed": [option for option in mine if not option.is_open],
    }


def _button(action: TopicAction, row: Topic, desk: bool) -> dict[str, Any]:
    # For oneself signing is one click; the desk is asked whose signature stands on the paper.
    signs = action in _SIGNING and not desk
    label = capfirst(str(action.label))
    if desk and action in (*_SIGNING, TopicAction.RATE):
        label = _("%(action)s (for somebody)") % {"action": label}
    return {
        "label": label,
        "url": reverse("deliberation:topic_act", args=[row.pk, action.value]),
        "one_click": SPECIFICATIONS[action].is_one_click or signs,
        "question": text_for(SPECIFICATIONS[action].question, row),
    }


class TopicActView(ActView):
    """One action with a topic."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    template_name = "deliberation/topics/act.html"

    def get_object(self) -> Topic:
        return _find(self.request, self.kwargs["pk"])

    def page_of(self, row: Topic) -> str:
        return _address(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(topic=self.object, **kwargs)
        return context | {"trail": _trail(self.object, context["heading"])}


@require_safe
@login_required
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions of a topic's text: who signed can read what was signed."""
    row = _find(request, pk)
    context = {
        "now": timezone.now(),
        "topic": row,
        "texts": list(row.texts.select_related("by").order_by("-version")),
        "trail": _trail(row, _("Versions of the text")),
    }
    return render(request, "deliberation/topics/versions.html", context)


@require_safe
@login_required
def signatures(request: HttpRequest, pk: int) -> HttpResponse:
    """Who signed: names for the community that checks them, masked for everybody else."""
    user, row = signed_in(request), _find(request, pk)
    page = page_by_key(request, queries.signatures(row))
    context = {
        "now": timezone.now(),
        "topic": row,
        "page": page,
        "rows": [(one, _signer(one.person, user, row)) for one in page.rows],
        "trail": _trail(row, _("Who signed")),
    }
    return render(request, "deliberation/topics/signatures.html", context)


def _signer(person: Any, user: User, row: Topic) -> str:
    return name_for(person, user, row.unit)


@login_required
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """The rules of a place's topics: the version in force, and setting the next one."""
    user = signed_in(request)
    unit = unit_by_code(code, Unit.objects.all())
    if unit is None or unit.kind not in rules.TOPIC_PLACES:
        raise Http404
    if not user.has_perm(rules.KEEP, unit):
        raise PermissionDenied
    in_force = rules.rule_in_force(unit)
    return use_case_page(
        request,
        partial(RuleForm, rule=in_force),
        partial(rules.set_rule, place=unit),
        heading=_("Rules of topics at %(place)s") % {"place": unit.short_name},
        submit=_("Put in force"),
        done=lambda made: (
            _("Version %(version)d is in force; topics under way keep theirs.")
            % {"version": made.version}
        ),
        back=reverse("orgs:unit", args=[unit.code]),
        template="deliberation/topics/form.html",
        trail=[
            (unit.short_name, reverse("orgs:unit", args=[unit.code])),
            (_("Rules of topics"), ""),
        ],
        place=unit,
        rule=in_force,
    )


def _find(request: HttpRequest, pk: int) -> Topic:
    row: Topic = get_object_or_404(queries.topic(signed_in(request)), pk=pk)
    return row


def _address(row: Topic) -> str:
    return reverse("deliberation:topic", args=[row.pk])


def _trail(row: Topic, last: str = "") -> Trail:
    trail = [(_("Topics"), reverse("deliberation:topics"))]
    if not last:
        return [*trail, (row.title, "")]
    return [*trail, (row.title, _address(row)), (last, "")]
