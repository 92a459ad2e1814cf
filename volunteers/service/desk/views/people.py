"""People who serve and have no account: what they would do on their own page, done at the desk."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import pdf, row_for, use_case_button, use_case_page
from orgs.web.paging import key_of, page_by_key
from orgs.web.refusals import SaidOnNextPage
from volunteers.service.desk.views.months import SHOWN, entries_page, month_asked
from volunteers.service.duty import appeals, months, papers
from volunteers.service.duty.certificates import certify
from volunteers.service.duty.naming import agree
from volunteers.service.duty.standing import standing
from volunteers.service.enums import Permission
from volunteers.service.models import Participant, Redemption, Reward
from volunteers.service.rewards import family, redemptions
from volunteers.service.rewards.forms import FeedForm, GiveForm


@require_safe
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Whoever serves at one's places without an account, by name."""
    user = signed_in(request)
    if not user.has_perm(Permission.KEEP_REPORTINS):
        raise PermissionDenied
    rows = Participant.objects.visible_to(user).filter(account=None)
    rows = rows.filter(person__account=None).select_related("place")
    page = page_by_key(request, rows, order=("name_key",))
    return render(request, "service/desk/people.html", {"page": page, "rows": page.rows})


def _person(request: HttpRequest, pk: int) -> Participant:
    """Somebody without an account for whom the desk speaks. Raises Http404, PermissionDenied."""
    row: Participant = row_for(
        request, Participant, pk, Permission.KEEP_REPORTINS, "place", "person", at="place"
    )
    if row.account_key is not None:
        raise PermissionDenied
    return row


@require_safe
@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The month, the points, what they may have for them, and every step that a page of one's own has."""
    row, now = _person(request, pk), timezone.now()
    month, steps = month_asked(request, now)
    goods = _shelf(row).filter(is_offered=True, stock__gt=0)
    held = Redemption.objects.filter(participant=row).select_related("reward__unit")
    context = {
        "now": now,
        "participant": row,
        "month": standing(row, month, now, most=SHOWN),
        "balance": redemptions.balance_of(row),
        "goods": list(goods.select_related("unit").order_by("points", "pk")[:100]),
        "held": list(held.order_by("-pk")[:10]),
        "has_family": row.person is not None and bool(family.homes(person=row.person)),
        "trail": [(_("Without an account"), reverse("service:people")), (row.name, "")],
    } | steps
    return render(request, "service/desk/person.html", context)


@require_safe
@login_required
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """All entries of a month of somebody without an account."""
    row = _person(request, pk)
    here = reverse("service:participant", args=[row.pk])
    trail = [(row.name, here), (_("All entries"), "")]
    return entries_page(request, row, "service/desk/line_for.html", trail)


def _shelf(row: Participant) -> QuerySet[Reward]:
    """What they may have, as somebody with an account sees it: of their place and those above it."""
    places = row.place.get_ancestors(include_self=True).order_by()
    return Reward.objects.filter(unit__in=places.values("pk"))


def _done(
    request: HttpRequest, row: Participant, call: Callable[..., Any], said: Callable[[Any], str]
) -> HttpResponse:
    back = reverse("service:participant", args=[row.pk])
    return use_case_button(request, partial(call, participant=row), done=said, back=back)


@require_POST
@login_required
def redeem_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Exchanges their points for one of the goods; the code goes with them on paper."""
    row = _person(request, pk)
    reward = get_object_or_404(_shelf(row), pk=key_of(request.POST.get("reward")) or 0)
    return _done(
        request,
        row,
        partial(redemptions.redeem, reward=reward),
        lambda held: (
            _("“%(name)s” is held. Write down the code %(code)s for %(shop)s.")
            % {"name": reward.name, "code": held.code, "shop": reward.shop}
        ),
    )


@require_POST
@login_required
def cancel_for(request: HttpRequest, pk: int, held: int) -> HttpResponse:
    """Gives goods and points back for them."""
    row = _person(request, pk)
    redemption = get_object_or_404(
        Redemption.objects.select_related("reward__unit", "participant__place"),
        pk=held, participant=row,
    )  # fmt: skip

    def call(participant: Participant, **who: Any) -> Redemption:
        return redemptions.cancel(redemption=redemption, **who)

    return _done(request, row, call, lambda _row: _("Cancelled; the points are back."))


@require_POST
@login_required
def appeal_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Says for them that an entry, or the month, is wrong; somebody else decides."""
    row, entry = _person(request, pk), request.POST.get("entry", "")

    def call(**who: Any) -> Any:
        month = None if entry else months.parse(request.POST.get("month", ""))
        return appeals.appeal(
            entry=entry, month=month, reason=request.POST.get("reason", ""), **who
        )

    return _done(request, row, call, lambda _row: _("Entered; somebody else decides."))


@require_POST
@login_required
def naming_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters that they agreed on paper to be named in the yearly publicity, or took it back."""
    row, named = _person(request, pk), request.POST.get("named") == "1"
    yes, no = (
        _("The yearly publicity may name them."),
        _("The yearly publicity does not name them."),
    )
    return _done(request, row, partial(agree, named=named), lambda _row: yes if named else no)


@require_POST
@login_required
@never_cache
def certificate_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Prints a certificate of their voluntary service."""
    row = _person(request, pk)
    with SaidOnNextPage(request):
        made = certify(participant=row, by=signed_in(request), now=timezone.now())
        return pdf(papers.service(made), f"service-{made.number[:8]}")
    return redirect("service:participant", row.pk)


@login_required
def feed_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Passes their points to the family's account."""
    row = _person(request, pk)
    return use_case_page(
        request,
        partial(FeedForm, user=signed_in(request), of=row.person),
        partial(family.feed, participant=row),
        heading=_("Pass points of %(name)s to the family") % {"name": row.name},
        submit=_("Pass on"),
        done=_("Passed on; all of the family may exchange them."),
        back=reverse("service:participant", args=[pk]),
    )


@login_required
def give_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives their minutes to somebody of the family."""
    row = _person(request, pk)
    return use_case_page(
        request,
        partial(GiveForm, user=signed_in(request), of=row.person),
        partial(family.give, participant=row),
        heading=_("Give minutes of %(name)s to the family") % {"name": row.name},
        submit=_("Give"),
        done=lambda gift: _("%(number)d minutes given.") % {"number": gift.minutes},
        back=reverse("service:participant", args=[pk]),
    )
