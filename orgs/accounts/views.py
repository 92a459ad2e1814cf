"""One's own account, and the doors to it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts import devices, users
from orgs.accounts.adapters import has_second_factor
from orgs.accounts.forms import ProfileForm
from orgs.accounts.sign_in import signed_in
from orgs.enums import PositionTarget
from orgs.units.queries import unit_by_code
from orgs.web.pages import use_case_page

HOMES_SHOWN = 30


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What the portal knows of me, and what I may change."""
    person = signed_in(request)
    return render(
        request,
        "orgs/accounts/account.html",
        {
            "person": person,
            "positions": person.positions.select_related(
                "acting_for__user", *PositionTarget.values
            ).order_by("-pk"),
            "second_factor": has_second_factor(person),
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


@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin is entered by the portal's own door, with its lock and second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
    return redirect(f"{reverse('account_login')}?{query}")
