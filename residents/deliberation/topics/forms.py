"""Forms of topics and of every action with one."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.models import Unit, User
from orgs.web.form_fields import DayField, EnumField, FilesField
from orgs.workflow.forms import ActionForm, PhotosForm
from residents.deliberation.enums import (
    MEETINGS_DECIDE,
    Decider,
    Matter,
    PetitionBasis,
    ProposedAs,
    SideKind,
    Threshold,
    TopicWho,
)
from residents.deliberation.models import TopicRule, TopicSide
from residents.deliberation.models.topics import MAX_TEXT, MAX_TITLE
from residents.deliberation.topics.course.paper import DESK
from residents.deliberation.topics.course.proposals import proposes_as
from residents.deliberation.topics.course.relations import SIDE_OF
from residents.deliberation.topics.course.workflow import WORKFLOW

STARS = [(5, "★★★★★"), (4, "★★★★"), (3, "★★★"), (2, "★★"), (1, "★")]


def text_field(label: Any, **options: Any) -> forms.CharField:
    """A longer text."""
    return forms.CharField(
        label=label, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 5}), **options
    )


class ProposeForm(forms.Form):
    """A new topic of one place."""

    title = forms.CharField(
        label=_("What is it about?"),
        max_length=MAX_TITLE,
        help_text=_("One sentence, as you would say it to a neighbour."),
    )
    text = text_field(
        _("Why, and what should be done?"), help_text=_("Co-signers sign exactly this text.")
    )
    decider = EnumField(Decider, label=_("Who should decide?"), widget=forms.RadioSelect)
    matter = forms.TypedChoiceField(
        label=_("Is it one of these matters?"),
        choices=[("", _("no, or I do not know")), *Matter.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("By art. 278 of the Civil Code these matters only the owners decide."),
    )
    is_micro = forms.BooleanField(
        label=_("A small issue, judged quickly (红色微评议)"), required=False
    )
    attachments = FilesField(most=MAX_ATTACHMENTS, label=_("Photos or short videos"))

    def __init__(self, *args: Any, unit: Unit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decider = self.fields["decider"]
        assert isinstance(decider, forms.ChoiceField)
        deciders = [
            one
            for one in Decider
            if (unit.kind == "compound" or one in MEETINGS_DECIDE) and self.offers(one, unit, user)
        ]
        decider.choices = [(one.value, one.label) for one in deciders]
        if Decider.OWNERS not in deciders:
            del self.fields["matter"]
        if proposes_as(user, unit, Decider.COMMITTEE) == ProposedAs.RESIDENT:
            del self.fields["is_micro"]

    def offers(self, decider: Decider, unit: Unit, user: User) -> bool:
        """Whether this person may have this body decide."""
        return proposes_as(user, unit, decider) is not None


class PaperForm(forms.Form):
    """Whose paper it is, for the desk."""

    household = forms.CharField(
        label=_("Household"),
        max_length=50,
        help_text=_("Its door (5栋501), or its code."),
    )
    name = forms.CharField(label=_("Name, as on the paper"), max_length=40)


class ProposeForForm(PaperForm, ProposeForm):
    """The same for a resident who wrote it on paper: an office's own choices are not among it."""

    field_order = ("household", "name", "title", "text", "decider", "matter", "attachments")

    def __init__(self, *args: Any, unit: Unit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, unit=unit, user=user, **kwargs)
        self.fields.pop("is_micro", None)

    def offers(self, decider: Decider, unit: Unit, user: User) -> bool:
        """Whoever is named on the paper may; the roll says whether they do."""
        return True


class SignForm(PaperForm, ActionForm):
    """For oneself nothing is asked; the desk says whose signature stands on the paper."""

    def prepare(self) -> None:
        relations = WORKFLOW.relations(self.row, self.user)
        if not relations & DESK:
            del self.fields["household"], self.fields["name"]
        elif relations & {TopicWho.ELIGIBLE, TopicWho.SIGNER, TopicWho.RATER}:
            # Left empty, it is for oneself.
            self.fields["household"].required = self.fields["name"].required = False


class ReviseForm(ActionForm):
    title = forms.CharField(label=_("What is it about?"), max_length=MAX_TITLE)
    text = text_field(_("Why, and what should be done?"))
    reason = forms.CharField(
        label=_("Why is it changed?"),
        max_length=300,
        help_text=_("Everybody who has signed is told of the change."),
    )

    def prepare(self) -> None:
        self.initial = {"title": self.row.title, "text": self.row.text}


class ReasonForm(ActionForm):
    reason = text_field(_("Reason"), help_text=_("It is public."))


class RemarkForm(ActionForm):
    text = text_field(_("Remark"), required=False)


class TextForm(PhotosForm):
    text = text_field(_("Text of the notice"))
    field_order = ("text", "photos")


class OrderForm(ActionForm):
    text = text_field(_("Text of the order"))


class StateForm(PhotosForm):
    """What a side says."""

    side = forms.ChoiceField(label=_("Side"))
    text = text_field(_("What this side says"))
    field_order = ("side", "text", "photos")

    def prepare(self) -> None:
        super().prepare()
        relations = WORKFLOW.relations(self.row, self.user)
        own = {SIDE_OF[who] for who in relations & SIDE_OF.keys()}
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)
        sides = [
            side
            for side in self.row.sides.all()
            if side.kind in own or TopicWho.COMMUNITY in relations
        ]
        field.choices = [(_key(side), side.label) for side in sides]
        mine = next((side for side in sides if side.kind in own), None)
        if mine:
            field.initial = _key(mine)
        else:
            # Who enters it for others says for whom, rather than leave the first as it stands.
            field.choices = [("", _("choose")), *field.choices]


def _key(side: TopicSide) -> str:
    return side.name or side.kind


class StudyForm(PhotosForm):
    on = DayField(label=_("Studied on"), initial=timezone.localdate)
    text = text_field(_("What the party organisation found"))
    field_order = ("on", "text", "photos")


class DecisionForm(PhotosForm):
    """What a meeting of the committee decided."""

    on = DayField(label=_("Day of the meeting"), initial=timezone.localdate)
    members = forms.IntegerField(label=_("Members of the committee"), min_value=1, max_value=99)
    present = forms.IntegerField(label=_("Members present"), min_value=0, max_value=99)
    in_favour = forms.IntegerField(label=_("In favour"), min_value=0, max_value=99)
    text = text_field(_("What was decided"))
    field_order = ("on", "members", "present", "in_favour", "text", "photos")


class RateForm(SignForm, PhotosForm):
    """One's own judgement; the desk enters one from a signed paper, with a photo of it."""

    stars = forms.TypedChoiceField(
        label=_("How well was it done?"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("Why? (optional)"), max_length=500, required=False)
    field_order = ("household", "name", "stars", "text", "photos")

    def prepare(self) -> None:
        PhotosForm.prepare(self)
        super().prepare()
        if "household" not in self.fields:
            self.drop_photos()
            return
        photos = self.fields["photos"]
        assert isinstance(photos, FilesField)
        photos.label, photos.most, photos.required = _("Photo of the signed paper"), 1, True

    def body(self) -> dict[str, Any]:
        body = super().body()
        for photo in body.pop("attachments", []):
            body["paper"] = photo
        return body


class RuleForm(forms.Form):
    """The next version of a place's rules."""

    threshold = forms.IntegerField(label=_("Co-signers needed"), min_value=1, max_value=5000)
    counted_by = EnumField(Threshold, label=_("Counted by"))
    petition_basis = EnumField(PetitionBasis, label=_("A petition is made by a share of"))
    petition_percent = forms.IntegerField(
        label=_("Share of a petition, per cent"),
        min_value=1,
        max_value=20,
        help_text=_("The law names 20; a place may ask for less, never for more."),
    )
    review_days = forms.IntegerField(
        label=_("Time of the review, working days"), min_value=1, max_value=60
    )
    convene_days = forms.IntegerField(
        label=_("Within how many days the committee convenes"), min_value=1, max_value=60
    )
    publicity_days = forms.IntegerField(
        label=_("Days of publicity"), min_value=15, max_value=90,
        help_text=_("At least 15 (Organic Law of Urban Residents' Committees, art. 34)."),
    )  # fmt: skip
    evaluation_days = forms.IntegerField(
        label=_("Days to rate the result"), min_value=1, max_value=90
    )
    low_score = forms.IntegerField(
        label=_("Low score, hundredths of a star"), min_value=100, max_value=500,
        help_text=_("Below this average residents may take the topic up again."),
    )  # fmt: skip
    sides = forms.MultipleChoiceField(
        label=_("Sides that are heard"),
        choices=[one for one in SideKind.choices if one[0] != SideKind.OTHER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    other_sides = forms.CharField(
        label=_("Further sides"),
        required=False,
        max_length=300,
        help_text=_("Names, separated by commas."),
    )
    source = forms.CharField(
        label=_("Where the rules come from"),
        max_length=300,
        help_text=_("For example the rules of procedure, with the day of their adoption."),
    )

    def __init__(self, *args: Any, rule: TopicRule, **kwargs: Any) -> None:
        names = (
            *("threshold", "counted_by", "petition_basis", "petition_percent", "review_days"),
            *("convene_days", "publicity_days", "evaluation_days", "low_score", "source"),
        )
        initial = {name: getattr(rule, name) for name in names}
        initial["sides"] = [side["kind"] for side in rule.sides if not side["name"]]
        initial["other_sides"] = "，".join(side["name"] for side in rule.sides if side["name"])
        super().__init__(*args, **kwargs | {"initial": initial})

    def clean_other_sides(self) -> list[str]:
        text = self.cleaned_data["other_sides"]
        return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
