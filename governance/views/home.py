"""The front door: what a visitor sees, and how large its type is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from governance.views.resident import resident_home
from orgs.accounts import users
from orgs.enums import Role, TypeSize
from orgs.scoping import reach_of
from orgs.web.context import TYPE_SIZE_COOKIE
from orgs.web.return_to import next_page
from tasks.lists.views.desk import desk, has_desk

YEAR_SECONDS = 365 * 24 * 3600
# Who has one thing to do here and no task.
ONLY_WORK = {
    Role.AUDITOR: "orgs:audit",
    Role.SHOP_STAFF: "service:counter",
    Role.EMPLOYER: "service:letters",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk of staff, the phone's home of residents and members, the landing page of visitors.

    Who is an auditor, a shop or an employer and nothing else comes straight to their one page.
    """
    if not request.user.is_authenticated:
        return render(request, "governance/landing.html")
    for role, page in ONLY_WORK.items():
        if reach_of(request.user).roles == {role}:
            return redirect(page)
    if has_desk(request.user):
        return desk(request)
    return resident_home(request)


@require_POST
def set_type_size(request: HttpRequest) -> HttpResponse:
    """Keeps how large the type shall be: with the account, or in a cookie; back to where one was."""
    wished = request.POST.get("type_size", "")
    size = TypeSize(int(wished)) if wished in map(str, TypeSize.values) else TypeSize.NORMAL
    response = redirect(next_page(request) or settings.LOGOUT_REDIRECT_URL)
    if request.user.is_authenticated:
        users.set_type_size(person=request.user, type_size=size)
    else:
        response.set_cookie(
            TYPE_SIZE_COOKIE,
            str(size.value),
            max_age=YEAR_SECONDS,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response
