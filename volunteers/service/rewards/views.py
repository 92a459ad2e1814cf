"""Pages of rewards: the shelf, one's own codes, the counter of a shop."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.units.queries import unit_for
from orgs.web.pages import row_for, trail, use_case_button, use_case_page
from orgs.web.paging import page_by_key
from residents.models import Household
from volunteers.service.enums import Permission
from volunteers.service.models import Redemption, Reward, TimeGift
from volunteers.service.reportins.participants import participant_of
from volunteers.service.rewards import family, queries, redemptions, rewards
from volunteers.service.rewards.forms import (
    ChangeForm,
    CodeForm,
    FeedForm,
    GiveForm,
    RewardForm,
    StockForm,
)


@require_safe
@login_required
def reward_list(request: HttpRequest) -> HttpResponse:
    """The shelf, one's points and one's own codes."""
    user = signed_in(request)
    keeps = user.has_perm(Permission.KEEP_REWARDS)
    rows = queries.rewards(user) if keeps else queries.offered(user)
    page = page_by_key(request, rows, order=("points",))
    for row in page.rows:
        # A branch sees its community's shelf and keeps only its own.
        row.kept = user.has_perm(Permission.KEEP_REWARDS, row.unit)
        row.counted = row.kept or user.has_perm(Permission.HAND_OVER, row.unit)
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": page.rows,
        "mine": list(queries.mine(user)[:10]),
        "balance": redemptions.balance_of(participant_of(user)),
        "homes": [] if keeps else family.family_points(user),
        "keeps": keeps,
        "places": queries.places_to_keep(user) if keeps else [],
        "hands_over": user.has_perm(Permission.HAND_OVER),
    }
    return render(request, "service/rewards/list.html", context)


@require_POST
@login_required
def redeem(request: HttpRequest, pk: int) -> HttpResponse:
    """Holds one of the goods for one's points."""
    user = signed_in(request)
    row = get_object_or_404(Reward.objects.visible_to(user, one=True), pk=pk)
    held = _("“%(name)s” is held for you. Show the code %(code)s at %(shop)s.")
    return use_case_button(
        request,
        partial(redemptions.redeem, reward=row, household=_home(request)),
        done=lambda made: held % {"name": row.name, "code": made.code, "shop": row.shop},
        back=reverse("service:rewards"),
    )


def _home(request: HttpRequest) -> Household | None:
    """The household whose points are meant; None: one's own. Raises Http404."""
    code = request.POST.get("household", "")
    if not code:
        return None
    found = [home for home in family.homes(signed_in(request)) if home.code == code]
    if not found:
        raise Http404
    return found[0]


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives goods and points back."""
    user = signed_in(request)
    seen = Redemption.objects.visible_to(user, one=True).select_related("reward__unit")
    row = get_object_or_404(seen.select_related("reward__unit", "participant"), pk=pk)
    return use_case_button(
        request,
        partial(redemptions.cancel, redemption=row),
        done=_("Cancelled; the points are back."),
        back=reverse("service:rewards"),
    )


@login_required
def counter(request: HttpRequest) -> HttpResponse:
    """The counter of a shop: type the code, hand it over."""
    user = signed_in(request)
    if not user.has_perm(Permission.HAND_OVER):
        raise PermissionDenied
    return use_case_page(
        request,
        CodeForm,
        redemptions.hand_over_by_code,
        heading=_("Hand a reward over"),
        submit=pgettext("reward", "Hand over"),
        done=lambda row: _("Handed over: %(name)s.") % {"name": row.reward.name},
        back=reverse("service:counter"),
        template="service/rewards/counter.html",
        waiting=list(queries.to_hand_over(user)[:50]),
        now=timezone.now(),
    )


@login_required
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Goods that are new in a shop of a place."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_REWARDS)
    return use_case_page(
        request,
        RewardForm,
        partial(rewards.add, unit=unit),
        heading=_("Add a reward at %(unit)s") % {"unit": unit.short_name},
        submit=_("Add"),
        done=_("Added; it is on the shelf."),
        back=reverse("service:rewards"),
        trail=trail(unit, _("Add a reward")),
    )


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another price, or no longer offered."""
    row = row_for(request, Reward, pk, Permission.KEEP_REWARDS, "unit", at="unit")
    initial = {"points": row.points, "text": row.text, "is_offered": row.is_offered}
    return use_case_page(
        request,
        partial(ChangeForm, initial=initial),
        partial(rewards.change, reward=row),
        heading=row.name,
        done=_("Saved; what is held keeps its price."),
        back=reverse("service:rewards"),
    )


@login_required
def stock(request: HttpRequest, pk: int) -> HttpResponse:
    """Goods that came in, or a count that is put right."""
    seen = Reward.objects.visible_to(signed_in(request), one=True).select_related("unit")
    row = get_object_or_404(seen, pk=pk)
    may = (Permission.KEEP_REWARDS, Permission.HAND_OVER)
    if not any(request.user.has_perm(one, row.unit) for one in may):
        raise PermissionDenied
    return use_case_page(
        request,
        StockForm,
        partial(rewards.move_stock, reward=row),
        heading=_("Stock of %(name)s: %(number)d") % {"name": row.name, "number": row.stock},
        done=_("Saved; the movement stays on record."),
        back=reverse("service:rewards"),
    )


# --- The family ------------------------------------------------------------------------------------


@require_safe
@login_required
def family_page(request: HttpRequest) -> HttpResponse:
    """Minutes to give to the family, and the points that its members share."""
    user, now = signed_in(request), timezone.now()
    participant = participant_of(user)
    gifts = TimeGift.objects.filter(Q(giver=participant) | Q(receiver=participant))
    context = {
        "now": now,
        "participant": participant,
        "homes": family.family_points(user),
        "relatives": list(family.relatives(user)),
        "to_give": family.to_give(participant, now),
        "balance": redemptions.balance_of(participant),
        "gifts": list(gifts.select_related("giver", "receiver")[:20]) if participant else [],
        "rule": redemptions.rule_in_force(),
    }
    return render(request, "service/rewards/family.html", context)


@login_required
def give(request: HttpRequest) -> HttpResponse:
    """Gives minutes to somebody of the family."""
    user = signed_in(request)
    return use_case_page(
        request,
        partial(GiveForm, user=user),
        family.give,
        heading=_("Give minutes to the family"),
        submit=_("Give"),
        done=lambda gift: (
            _("%(number)d minutes given to %(name)s.")
            % {"number": gift.minutes, "name": gift.receiver.name}
        ),
        back=reverse("service:family"),
    )


@login_required
def feed(request: HttpRequest) -> HttpResponse:
    """Passes points to the family's account."""
    user = signed_in(request)
    return use_case_page(
        request,
        partial(FeedForm, user=user),
        family.feed,
        heading=_("Pass points to the family"),
        submit=_("Pass on"),
        done=_("Passed on; all of the family may exchange them."),
        back=reverse("service:family"),
    )
