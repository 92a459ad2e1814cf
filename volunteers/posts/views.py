"""Pages of building posts: the report of gaps, filling, ending, choosing the set."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.units.queries import unit_for
from orgs.web.pages import dated, row_for, trail, use_case_page, workbook
from orgs.web.paging import page_by_key
from residents.models import Household
from volunteers import exports
from volunteers.enums import BuildingRole, Permission, RoleSetCode
from volunteers.members import queries
from volunteers.members.forms import EndForm
from volunteers.models import BuildingPost
from volunteers.posts import posts, vacancies
from volunteers.posts.forms import FillForm, PostFilter, RoleSetForm


@require_safe
@login_required
def post_page(request: HttpRequest, code: str) -> HttpResponse:
    """Which posts are filled: by unit below a street or community, by building in a compound."""
    unit = unit_for(request.user, code, Permission.COUNT_POSTS)
    today = timezone.localdate()
    wide = unit.kind in (UnitKind.STREET, UnitKind.COMMUNITY)
    lines = [] if wide else vacancies.matrix(unit, today)
    context = {
        "unit": unit,
        "total": vacancies.summary(unit, today),
        "below": vacancies.lines_below(unit, today) if wide else [],
        "lines": lines,
        "set": RoleSetCode(vacancies.set_code(unit)),
        "names": request.user.has_perm(Permission.VIEW_POSTS, unit),
        "keeps": not wide and request.user.has_perm(Permission.KEEP_POSTS, unit),
        "chooses": unit.kind != UnitKind.BUILDING
        and request.user.has_perm(Permission.CHOOSE_ROLE_SET, unit),
        "trail": trail(unit, _("Building posts")),
    }
    return render(request, "volunteers/posts/posts.html", context)


@require_safe
@login_required
def holders(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds the posts of a place, of any kind: the centre households of a street, for one."""
    unit = unit_for(request.user, code, Permission.VIEW_POSTS)
    form = PostFilter(request.GET)
    form.is_valid()
    role = form.cleaned_data.get("role", "")
    held = queries.posts_held(unit, role, BuildingPost.objects.visible_to(signed_in(request)))
    context = {
        "unit": unit,
        "form": form,
        "role": role,
        "page": page_by_key(request, held),
        "keeps": request.user.has_perm(Permission.KEEP_POSTS, unit),
        "trail": trail(unit, _("Who holds the posts")),
    }
    return render(request, "volunteers/posts/holders.html", context)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The report as a workbook; with `role` of one kind of post."""
    unit = unit_for(request.user, code, Permission.VIEW_POSTS)
    role = request.GET.get("role", "")
    file = exports.posts(
        unit=unit,
        role=BuildingRole(role) if role in BuildingRole.values else None,
        by=signed_in(request),
        now=timezone.now(),
    )
    return workbook(file, dated(exports.GAPS_TITLE))


@login_required
def choose_set(request: HttpRequest, code: str) -> HttpResponse:
    """Chooses which posts a place has."""
    unit = unit_for(request.user, code, Permission.CHOOSE_ROLE_SET)
    return use_case_page(
        request,
        partial(RoleSetForm, initial={"code": vacancies.set_code(unit)}),
        partial(posts.choose_set, unit=unit),
        heading=_("Posts of %(unit)s") % {"unit": unit.short_name},
        submit=_("Choose"),
        done=lambda choice: (
            _("%(unit)s now has: %(set)s.")
            % {"unit": unit.short_name, "set": choice.get_code_display()}
        ),
        back=reverse("volunteers:posts", args=[unit.code]),
    )


@login_required
def fill(request: HttpRequest, code: str, role: str) -> HttpResponse:
    """Gives a post of a building to somebody."""
    building = unit_for(request.user, code, Permission.KEEP_POSTS)
    if building.kind != UnitKind.BUILDING or role not in BuildingRole.values:
        raise Http404
    post_role = BuildingRole(role)

    def fill_post(
        household: Household | None = None, name: str = "", phone: str = "", **body: Any
    ) -> BuildingPost:
        person = None if household else posts.holder_named(building, name, phone)
        holder = person or posts.Holder(household=household)
        return posts.fill(building=building, role=post_role, holder=holder, **body)

    return use_case_page(
        request,
        partial(FillForm, building=building, role=post_role),
        fill_post,
        heading=_("%(post)s of %(building)s") % {"post": post_role.label, "building": building},
        submit=_("Enter"),
        done=lambda post: (
            _("%(post)s of %(building)s: %(holder)s.")
            % {"post": post.label, "building": building, "holder": post.holder}
        ),
        back=reverse("volunteers:posts", args=[building.code]),
    )


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody holds a post."""
    post: BuildingPost = row_for(
        request, BuildingPost, pk, Permission.KEEP_POSTS, "building", "person", "user",
        "household", at="building",
    )  # fmt: skip
    return use_case_page(
        request,
        EndForm,
        partial(posts.end, post=post),
        heading=_("%(holder)s gives up: %(post)s") % {"holder": post.holder, "post": post.label},
        submit=_("End"),
        done=_("The post is empty now; the history is kept."),
        back=reverse("volunteers:posts", args=[post.building.code]),
    )
