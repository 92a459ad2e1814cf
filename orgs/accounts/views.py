"""One's own account, and the doors to it."""

from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.accounts import devices, social, users
from orgs.accounts.adapters import has_second_factor
from orgs.accounts.forms import ProfileForm
from orgs.accounts.sign_in import signed_in
from orgs.enums import PositionTarget
from orgs.errors import DomainError
from orgs.units.queries import unit_by_code
from orgs.web.pages import use_case_page

HOMES_SHOWN = 30


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What the portal knows of me, and what I may change."""
    person = signed_in(request)
    linked = list(SocialAccount.objects.filter(user=person).order_by("pk"))
    known = {one.provider for one in linked}
    return render(
        request,
        "orgs/accounts/account.html",
        {
            "person": person,
            "positions": person.positions.select_related(
                "acting_for__user", *PositionTarget.values
            ).order_by("-pk"),
            "second_factor": has_second_factor(person),
            "linked": [(one, social.NAMES.get(one.provider, one.provider)) for one in linked],
            "to_link": [way for way in social.ways_in(request) if way[0] not in known],
            "today": timezone.localdate(),
            "now": timezone.now(),
            "devices": [
                (device, device.session_key == request.session.session_key)
                for device in person.devices.all()[:20]
            ],
        },
    )


@require_POST
@login_required
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs out of another device of mine."""
    person = signed_in(request)
    device = get_object_or_404(person.devices, pk=pk)
    devices.end(device=device, by=person, now=timezone.now())
    messages.success(request, _("Signed out there."))
    return redirect("orgs:account")


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all my sessions, this one too."""
    devices.sign_out_everywhere(by=signed_in(request), now=timezone.now())
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """How I am called, and the size of type."""
    person = signed_in(request)
    return use_case_page(
        request,
        partial(ProfileForm, instance=person),
        partial(users.set_profile, person=person),
        done=_("Your name and type size are saved."),
        back=reverse("orgs:account"),
        template="orgs/accounts/profile.html",
    )


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Finding one's home: a search by code or name, then a list to choose from."""
    text = request.GET.get("q", "").strip()[:60]
    homes = users.find_homes(text, HOMES_SHOWN + 1) if text else []
    context = {"q": text, "units": homes[:HOMES_SHOWN], "more": len(homes) > HOMES_SHOWN}
    return render(request, "orgs/accounts/home.html", context)


@require_POST
@login_required
def set_home(request: HttpRequest) -> HttpResponse:
    """Keeps (or, without a code, forgets) where I live."""
    person = signed_in(request)
    code = request.POST.get("unit", "")
    unit = unit_by_code(code) if code else None
    if code and unit is None:
        raise Http404
    users.set_home(person=person, unit=unit, by=person, now=timezone.now())
    messages.success(
        request,
        _("Your home is %(unit)s.") % {"unit": unit} if unit else _("Your home is cleared."),
    )
    return redirect("orgs:account")


@require_POST
@never_cache
def social_begin(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Leads to WeChat or DingTalk, which says who somebody is; 404 where the way in is not open."""
    return _social_providers(provider).begin[provider](request)


@require_safe
@never_cache
def social_finish(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Back from there: signed in, or asked to link an account."""
    return _social_providers(provider).finish[provider](request)


def _social_providers(provider: str) -> Any:
    if not social.is_open(provider):
        raise Http404
    from orgs.accounts import social_providers  # an HTTP client, which only these two views need

    return social_providers


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required
def link_social(request: HttpRequest) -> HttpResponse:
    """Asks whether the account there shall open this one from now on."""
    person, now = signed_in(request), timezone.now()
    waits = social.waiting(request.session, now)
    if waits is None:
        messages.warning(request, _("Too much time has passed. Begin once more."))
        return redirect("orgs:account")
    provider, uid = waits
    name = social.NAMES[provider]
    if request.method == "GET":
        return render(request, "orgs/accounts/link_social.html", {"name": name, "person": person})
    del request.session[social.WAITS]
    if request.POST.get("answer") == "yes":
        try:
            social.link(person=person, provider=provider, uid=uid, by=person, now=now)
        except DomainError as refusal:
            messages.warning(request, refusal.message)
            return redirect("orgs:account")
        done = _("Linked. From now on one tap in %(name)s signs you in.")
        messages.success(request, done % {"name": name})
    return redirect("home")


@require_POST
@login_required
@reauthentication_required
def unlink_social(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a link of mine."""
    person = signed_in(request)
    account = get_object_or_404(SocialAccount, pk=pk, user=person)
    social.unlink(account=account, by=person, now=timezone.now())
    messages.success(request, _("The link is ended."))
    return redirect("orgs:account")


@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin is entered by the portal's own door, with its lock and second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
    return redirect(f"{reverse('account_login')}?{query}")
