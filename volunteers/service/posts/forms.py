"""Forms of service posts and their claims."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField, EnumField
from orgs.workflow.forms import ActionForm
from volunteers.service.enums import OPEN_REPORT_INS, PostGrade, PostKind
from volunteers.service.models import Participant, ReportIn, ServicePost


def _end_of_year() -> object:
    return timezone.localdate().replace(month=12, day=31)


class PostForm(forms.Form):
    """What a post is, how many places it has, for how long."""

    kind = EnumField(PostKind, label=_("Post or matter"), initial=PostKind.POST)
    title = forms.CharField(label=_("Name of the post"), max_length=60)
    duty = forms.CharField(
        label=_("Duty"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    number = forms.IntegerField(label=_("Places"), min_value=1, max_value=500, initial=1)
    starts = DayField(label=_("From day"), initial=timezone.localdate)
    ends = DayField(label=_("Last day"), initial=_end_of_year)


class ClaimForForm(forms.Form):
    """Who is reported in here and claims at the desk."""

    participant = forms.ModelChoiceField(
        label=_("Who claims it"), queryset=Participant.objects.none()
    )

    def __init__(self, *args: Any, post: ServicePost, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["participant"]
        assert isinstance(field, forms.ModelChoiceField)
        here = ReportIn.objects.filter(branch=post.branch, state__in=OPEN_REPORT_INS)
        served = Participant.objects.filter(pk__in=here.order_by().values("participant"))
        field.queryset = served.order_by("name_key", "pk")


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class EndClaimForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason, if you like"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RateForm(ActionForm):
    rating = EnumField(PostGrade, label=_("Rating of the year"), initial=PostGrade.GOOD)
    text = forms.CharField(
        label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
