"""Forms of polls."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.web.form_fields import EnumField, FilesField, MomentField
from orgs.workflow.forms import ActionForm, PhotosForm
from residents.deliberation.enums import (
    MEETINGS_DECIDE,
    BallotKind,
    ChangedOwner,
    ChangePolicy,
    Decider,
    Electorate,
    Matter,
    PollMode,
    Precedence,
    QuestionKind,
    Rule,
    Silence,
)
from residents.deliberation.models import Poll, Topic
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.count.tallies import veto_holders
from residents.deliberation.polls.roll.rolls import LONGEST_REASON
from residents.models import Household


def _text(label: Any, **options: Any) -> forms.CharField:
    rows = options.pop("rows", 3)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


QUESTIONS_HELP = gettext_lazy(
    "A question a line; it is answered with for, against or abstain. An advisory poll may offer "
    "options: “Which colour? | red | green”, and with an asterisk before it several of them."
)


class QuestionsField(forms.CharField):
    """Questions a line each, options behind bars; an asterisk lets people choose several."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(widget=widget, **{"help_text": QUESTIONS_HELP} | options)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [_question(line, str(n)) for n, line in enumerate(filter(None, lines), start=1)]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(_line, value)) if isinstance(value, list) else value


def _question(line: str, key: str) -> dict[str, Any]:
    several = line.startswith("*")
    text, *options = (part.strip() for part in line.lstrip("*").replace("｜", "|").split("|"))
    if not options:
        return {"id": key, "text": text, "kind": QuestionKind.YES_NO.value}
    kind = QuestionKind.MULTIPLE if several else QuestionKind.SINGLE
    return {"id": key, "text": text, "kind": kind.value, "options": [o for o in options if o]}


def _line(question: dict[str, Any]) -> str:
    several = "*" if question["kind"] == QuestionKind.MULTIPLE else ""
    return several + " | ".join([question["text"], *question.get("options", ())])


class BuildingsField(forms.ModelMultipleChoiceField):
    """Buildings of a place by their names; of a community with their compounds."""

    of: Unit | None = None

    def label_from_instance(self, obj: Any) -> str:
        if self.of is None or obj.parent_id == self.of.pk:
            return str(obj.name)
        return f"{obj.parent.name} {obj.name}"


def buildings_of(unit: Unit) -> QuerySet[Unit]:
    """The buildings of a compound, or of the compounds of a community."""
    buildings = Unit.objects.filter(lies_in(unit, ""), kind=UnitKind.BUILDING)
    return buildings.select_related("parent").order_by("lft")


def _entrances(buildings: QuerySet[Unit]) -> list[tuple[str, str]]:
    """The entrances of some buildings, as their households name them: `code:entrance` and its words."""
    homes = Household.objects.filter(building__in=buildings).exclude(entrance="")
    rows = homes.order_by("building__lft", "entrance").values_list(
        "building__code", "building__parent__name", "building__name", "entrance"
    )
    return [
        (
            f"{code}:{entrance}",
            f"{compound} {name} " + _("entrance %(entrance)s") % {"entrance": entrance},
        )
        for code, compound, name, entrance in rows.distinct()
    ]


class PollForm(forms.Form):
    """A poll as a draft. What is rarely otherwise is set on a page of its own (`SettingsForm`)."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    questions = QuestionsField(label=gettext_lazy("What is voted on"))
    mode = EnumField(PollMode, label=gettext_lazy("What the poll is in law"))
    electorate = EnumField(Electorate, label=gettext_lazy("Who votes"))
    rule = EnumField(Rule, label=gettext_lazy("How it is counted"), initial=Rule.OPINION)
    matter = forms.TypedChoiceField(
        label=gettext_lazy("Matter of article 278 (owners' vote)"),
        choices=[("", "—"), *Matter.choices],
        coerce=lambda value: Matter(int(value)),
        empty_value=None,
        required=False,
    )
    buildings = BuildingsField(
        Unit.objects.none(),
        label=gettext_lazy("Only these buildings"),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: the whole place."),
    )
    entrance = forms.ChoiceField(label=gettext_lazy("Only this entrance"), required=False)
    ballot = EnumField(BallotKind, label=gettext_lazy("Ballot"), initial=BallotKind.NAMED)
    opens_at = MomentField(label=gettext_lazy("Voting from"))
    closes_at = MomentField(label=gettext_lazy("Voting until"))
    change_policy = EnumField(
        ChangePolicy,
        label=gettext_lazy("Changing a vote"),
        initial=ChangePolicy.UNTIL_CLOSING,
    )
    silence = EnumField(
        Silence, label=gettext_lazy("Who does not vote"), initial=Silence.NO_PARTICIPATION
    )
    clause = _text(
        gettext_lazy("The clause of the compound's own rules, where silence counts"),
        required=False,
        max_length=500,
    )
    prior_study = forms.CharField(
        label=gettext_lazy("Prior study by the party organisation (residents' meetings)"),
        max_length=500,
        required=False,
    )
    rehearsal = forms.BooleanField(
        label=gettext_lazy("A rehearsal: never a decision"), required=False
    )

    def __init__(
        self,
        *args: Any,
        unit: Unit,
        poll: Poll | None = None,
        topic: Topic | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.poll = poll
        if topic:
            self.initial = _of_topic(topic)
        if poll:
            self.initial = _initial(poll)
        choices = buildings_of(unit)
        buildings, entrance = self.fields["buildings"], self.fields["entrance"]
        assert isinstance(buildings, BuildingsField)
        assert isinstance(entrance, forms.ChoiceField)
        buildings.queryset, buildings.of = choices, unit
        entrances = _entrances(choices)
        kept = self.initial.get("entrance", "")
        if poll and kept and kept not in dict(entrances):  # no household is there any more
            entrances.append((kept, poll.entrance))
        entrance.choices = [("", _("all entrances")), *entrances]
        if not choices:
            del self.fields["buildings"]
        if len(entrance.choices) == 1:
            del self.fields["entrance"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = list(values.get("buildings", ()))
        building, _colon, entrance = values.get("entrance", "").rpartition(":")
        if entrance and any(unit.code != building for unit in chosen):
            sentence = _("This entrance belongs to another building than the ticked ones.")
            self.add_error("entrance", sentence)
        if entrance:
            chosen = list(Unit.objects.filter(code=building))
        values |= {"buildings": chosen, "entrance": entrance}
        kept = dict(self.poll.settings) if self.poll else {}
        names = ("change_policy", "silence", "clause", "prior_study")
        given = {name: values.pop(name) for name in names if name in values}
        if self.poll and values.get("rule") != self.poll.rule:
            kept = {}
        values["settings"] = kept | {name: str(value) for name, value in given.items()}
        return values


def _of_topic(topic: Topic) -> dict[str, Any]:
    """What a topic proposes for its poll."""
    electorate, rule = _POLL_OF[Decider(topic.decider)]
    # How owners' representatives decide, no law says: 274号 27.
    is_opinion = topic.decider == Decider.REPRESENTATIVES
    if topic.is_micro and not topic.matter and topic.decider not in MEETINGS_DECIDE:
        rule, is_opinion = Rule.OPINION, True
    question = {"id": "1", "text": topic.title, "kind": QuestionKind.YES_NO.value}
    return {
        "title": topic.title,
        "questions": [question],
        "electorate": electorate,
        "rule": rule,
        "matter": topic.matter,
        "mode": PollMode.ADVISORY if is_opinion else PollMode.STATUTORY_PAPER,
        "prior_study": topic.study[:500],
    }


# Who votes, and how it is counted, where this body decides.
_POLL_OF: dict[Decider, tuple[Electorate, Rule]] = {
    Decider.OWNERS: (Electorate.OWNERS, Rule.CIVIL_CODE_278),
    Decider.REPRESENTATIVES: (Electorate.REPRESENTATIVES, Rule.REPRESENTATIVES_MEETING),
    Decider.COMMITTEE: (Electorate.HOUSEHOLDS, Rule.RESIDENTS_MEETING),
    Decider.RESIDENTS: (Electorate.HOUSEHOLDS, Rule.RESIDENTS_MEETING),
    Decider.RESIDENT_REPRESENTATIVES: (
        Electorate.REPRESENTATIVES,
        Rule.REPRESENTATIVES_MEETING,
    ),
}


def _initial(poll: Poll) -> dict[str, Any]:
    names = (
        *("title", "questions", "mode", "electorate", "rule", "matter"),
        *("ballot", "opens_at", "closes_at", "rehearsal"),
    )
    settings = ("change_policy", "silence", "clause", "prior_study")
    buildings = [building.code for building in poll.buildings.all()]
    return {
        **{name: getattr(poll, name) for name in names},
        **{name: poll.settings[name] for name in settings},
        "buildings": buildings,
        "entrance": f"{buildings[0]}:{poll.entrance}" if poll.entrance else "",
    }


# --- Actions ---------------------------------------------------------------------------------------


class EditForm(ActionForm, PollForm):
    """The draft once more."""

    def __init__(self, *args: Any, row: Poll, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, user=user, unit=row.unit, poll=row, **kwargs)


class SettingsForm(forms.Form):
    """What is rarely otherwise than usual; the fields are called as the settings."""

    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice before voting opens"), min_value=0, max_value=90
    )
    publication_days = forms.IntegerField(
        label=gettext_lazy("Days for which the result is posted"),
        min_value=1,
        max_value=90,
        help_text=gettext_lazy("A lift is posted for ten working days at least."),
    )
    dispute_window_days = forms.IntegerField(
        label=gettext_lazy("Days for saying “this was not me” before the result is published"),
        min_value=0,
        max_value=30,
        help_text=gettext_lazy(
            "The provisional result is shown at once. 0 in advisory polls alone."
        ),
    )
    dispute_days = forms.IntegerField(
        label=gettext_lazy("Days to look into a ballot in dispute"), min_value=1, max_value=60
    )
    precedence = EnumField(Precedence, label=gettext_lazy("A ballot on paper and one online"))
    changed_owner = EnumField(ChangedOwner, label=gettext_lazy("A flat sold while the poll runs"))
    parking_counts = forms.BooleanField(
        label=gettext_lazy("Parking spaces count, as the rules of procedure say"), required=False
    )
    proxy_limit = forms.IntegerField(
        label=gettext_lazy("Proxies that one person may hold"),
        min_value=0,
        max_value=20,
        required=False,
        help_text=gettext_lazy("Empty: as many as people give; 0: none."),
    )
    candidates = _text(
        gettext_lazy("Candidates of an election, a name a line"), required=False, max_length=2000
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Seats of an election"), min_value=1, max_value=15
    )
    second_ballot = forms.BooleanField(
        label=gettext_lazy("A second ballot, for seats that the first one left open"),
        required=False,
    )

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        settings = poll_settings.of(poll).as_dict()
        kept = {name: settings[name] for name in self.base_fields}
        kept["candidates"] = "\n".join(kept["candidates"])
        super().__init__(*args, **{"initial": kept} | kwargs)
        if poll.rule != Rule.ELECTION:
            for name in ("candidates", "seats", "second_ballot"):
                del self.fields[name]

    def clean_candidates(self) -> list[str]:
        """The names, one a line."""
        lines = self.cleaned_data["candidates"].splitlines()
        return [line.strip() for line in lines if line.strip()]


class AnnounceForm(PhotosForm):
    """The clause is photographed where silence is to count."""

    photos = FilesField(most=9, label=gettext_lazy("Photos of the clause (only if silence counts)"))

    def body(self) -> dict[str, Any]:
        return {"clause": super().body()["attachments"]}


class OrderForm(ActionForm):
    reason = _text(gettext_lazy("Why the committee has to convene"), max_length=LONGEST_REASON)


class ResultForm(ActionForm):
    """Numbers for each question, as the official platform gives them; votes for each candidate; of a
    lift, who agreed of those whose own part is taken.
    """

    def prepare(self) -> None:
        poll = self.row
        names = [
            ("participating", _("took part")), ("for", _("for")),
            ("against", _("against")), ("abstain", _("abstained")),
        ]  # fmt: skip
        if poll.rule == Rule.ELECTION:
            names = names[:1]
        for question in poll.questions:
            for name, label in names:
                for what, unit in (("people", _("people")), ("area", _("area in m²"))):
                    if what == "area" and not poll.sheet["by_area"]:
                        continue
                    self.fields[f"{question['id']}:{name}:{what}"] = forms.DecimalField(
                        label=f"{question['text'][:40]} · {label} · {unit}",
                        min_value=0,
                        max_digits=12,
                        decimal_places=2 if what == "area" else 0,
                    )
            if poll.rule == Rule.LIFT and (holders := veto_holders(poll)):
                self.fields[f"{question['id']}:agreed"] = forms.TypedMultipleChoiceField(
                    label=_("Agreed, of those whose own part is taken"),
                    choices=[
                        (one.pk, _("Entry %(number)d") % {"number": one.number}) for one in holders
                    ],
                    coerce=int,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
            if poll.rule == Rule.ELECTION:
                for number, candidate in enumerate(poll.settings["candidates"]):
                    self.fields[f"{question['id']}:votes:{number}"] = forms.IntegerField(
                        label=_("votes for %(name)s") % {"name": candidate},
                        min_value=0,
                        max_value=10**6,
                    )

    def body(self) -> dict[str, Any]:
        values, poll = self.cleaned_data, self.row

        def weight(key: str, name: str) -> list[int]:
            people = int(values.get(f"{key}:{name}:people") or 0)
            return [people, int((values.get(f"{key}:{name}:area") or 0) * 100)]

        rows = []
        for question in poll.questions:
            key = question["id"]
            row: dict[str, Any] = {"question": key}
            for name in ("participating", "for", "against", "abstain"):
                row[name] = weight(key, name)
            if poll.rule == Rule.LIFT:
                row["agreed"] = values.get(f"{key}:agreed", [])
            if poll.rule == Rule.ELECTION:
                row["votes"] = {
                    candidate: values[f"{key}:votes:{number}"]
                    for number, candidate in enumerate(poll.settings["candidates"])
                }
            rows.append(row)
        return {"official": rows}
