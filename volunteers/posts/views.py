"""Pages of building posts: the report of gaps, filling, ending, choosing the set."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.errors import DomainError
from orgs.units.queries import unit_for
from orgs.web.pages import dated, form_page, trail, workbook
from orgs.web.paging import page_by_key
from orgs.web.refusals import refuse
from volunteers import exports
from volunteers.enums import BuildingRole, RoleSetCode
from volunteers.members import queries
from volunteers.members.forms import EndForm
from volunteers.models import BuildingPost
from volunteers.posts import posts, vacancies
from volunteers.posts.forms import FillForm, PostFilter, RoleSetForm


@require_safe
@login_required
def post_page(request: HttpRequest, code: str) -> HttpResponse:
    """Which posts are filled: by unit below a street or community, by building in a compound."""
    unit = unit_for(request.user, code, "volunteers.count_posts")
    today = timezone.localdate()
    wide = unit.kind in (UnitKind.STREET, UnitKind.COMMUNITY)
    lines = [] if wide else vacancies.matrix(unit, today)
    context = {
        "unit": unit,
        "total": vacancies.summary(unit, today),
        "below": vacancies.lines_below(unit, today) if wide else [],
        "lines": lines,
        "set": RoleSetCode(vacancies.set_code(unit)),
        "names": request.user.has_perm("volunteers.view_posts", unit),
        "keeps": not wide and request.user.has_perm("volunteers.keep_posts", unit),
        "chooses": unit.kind != UnitKind.BUILDING
        and request.user.has_perm("volunteers.choose_role_set", unit),
        "trail": trail(unit, _("Building posts")),
    }
    return render(request, "volunteers/posts/posts.html", context)


@require_safe
@login_required
def holders(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds the posts of a place, of any kind: the centre households of a street, for one."""
    unit = unit_for(request.user, code, "volunteers.view_posts")
    form = PostFilter(request.GET)
    form.is_valid()
    role = form.cleaned_data.get("role", "")
    held = queries.posts_held(unit, role, BuildingPost.objects.visible_to(signed_in(request)))
    context = {
        "unit": unit,
        "form": form,
        "role": role,
        "page": page_by_key(request, held),
        "keeps": request.user.has_perm("volunteers.keep_posts", unit),
        "trail": trail(unit, _("Who holds the posts")),
    }
    return render(request, "volunteers/posts/holders.html", context)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The report as a workbook; with `role` of one kind of post."""
    unit = unit_for(request.user, code, "volunteers.view_posts")
    role = request.GET.get("role", "")
    file = exports.posts(
        unit=unit,
        role=BuildingRole(role) if role in BuildingRole.values else None,
        by=signed_in(request),
        now=timezone.now(),
    )
    return workbook(file, dated(exports.GAPS_TITLE))


@login_required
@require_http_methods(["GET", "POST"])
def choose_set(request: HttpRequest, code: str) -> HttpResponse:
    """Chooses which posts a place has."""
    unit = unit_for(request.user, code, "volunteers.choose_role_set")
    back = reverse("volunteers:posts", args=[unit.code])
    form = RoleSetForm(request.POST or None, initial={"code": vacancies.set_code(unit)})
    if request.method == "POST" and form.is_valid():
        chosen = RoleSetCode(form.cleaned_data["code"])
        try:
            posts.choose_set(unit=unit, code=chosen, by=signed_in(request), now=timezone.now())
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = _("%(unit)s now has: %(set)s.")
            messages.success(request, said % {"unit": unit.short_name, "set": chosen.label})
            return redirect(back)
    heading = _("Posts of %(unit)s") % {"unit": unit.short_name}
    return form_page(request, form, heading, _("Choose"), back)


@login_required
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, code: str, role: str) -> HttpResponse:
    """Gives a post of a building to somebody."""
    building = unit_for(request.user, code, "volunteers.keep_posts")
    if building.kind != UnitKind.BUILDING or role not in BuildingRole.values:
        raise Http404
    post_role = BuildingRole(role)
    form = FillForm(request.POST or None, building=building, role=post_role)
    back = reverse("volunteers:posts", args=[building.code])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = posts.fill(
                building=building,
                role=post_role,
                holder=posts.Holder(household=given["household"])
                if post_role == BuildingRole.CENTRE
                else posts.holder_named(building, given["name"], given["phone"]),
                title=given.get("title", ""),
                starts=given["starts"],
                by=signed_in(request),
                now=timezone.now(),
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = _("%(post)s of %(building)s: %(holder)s.")
            names = {"post": made.label, "building": building, "holder": made.holder}
            messages.success(request, said % names)
            return redirect(back)
    heading = _("%(post)s of %(building)s") % {"post": post_role.label, "building": building}
    return form_page(request, form, heading, _("Enter"), back)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody holds a post."""
    seen = BuildingPost.objects.visible_to(signed_in(request), one=True)
    post = get_object_or_404(
        seen.select_related("building", "person", "user", "household"), pk=pk
    )  # fmt: skip
    if not request.user.has_perm("volunteers.keep_posts", post.building):
        raise PermissionDenied
    back = reverse("volunteers:posts", args=[post.building.code])
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            posts.end(post=post, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("The post is empty now; the history is kept."))
            return redirect(back)
    heading = _("%(holder)s gives up: %(post)s") % {"holder": post.holder, "post": post.label}
    return form_page(request, form, heading, _("End"), back)
