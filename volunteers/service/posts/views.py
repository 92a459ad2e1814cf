"""Pages of service posts: which are free, setting one, claiming, every step with a claim."""

from functools import partial

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.units.queries import unit_for
from orgs.web.pages import row_for, trail, use_case_button, use_case_page
from orgs.web.paging import page_by_key
from orgs.workflow.views import ActView, open_steps
from volunteers.service.enums import OPEN_CLAIMS, Permission
from volunteers.service.models import PostClaim, ServicePost
from volunteers.service.posts import posts, queries
from volunteers.service.posts.forms import ClaimForForm, PostForm
from volunteers.service.posts.specification import SPECIFICATIONS
from volunteers.service.posts.workflow import WORKFLOW
from volunteers.service.reportins.participants import serves_at
from volunteers.service.reportins.same_person import read_once

VIEWS = ("open", "all")


@require_safe
@login_required
def post_list(request: HttpRequest) -> HttpResponse:
    """The posts in sight, and my own claims first."""
    user, today = signed_in(request), timezone.localdate()
    view = request.GET.get("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    rows = queries.posts(user)
    if view == "open":
        rows = queries.in_force(rows, today)
    page = page_by_key(request, rows)
    labels = {"open": _("Can be claimed"), "all": _("All")}
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": page.rows,
        "mine": list(queries.mine(user)[:20]),
        "view": view,
        "tabs": list(labels.items()),
        "keeps": user.has_perm(Permission.KEEP_POSTS),
    }
    return render(request, "service/posts/list.html", context)


@login_required
def set_post(request: HttpRequest, code: str) -> HttpResponse:
    """Sets a post of a place."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_POSTS)
    heading = _("Set a post")
    return use_case_page(
        request,
        PostForm,
        partial(posts.set_post, unit=unit),
        heading=heading,
        submit=_("Set the post"),
        done=_("The post is set; members of the place can claim it."),
        back=reverse("service:posts"),
        then=lambda post: reverse("service:post", args=[post.pk]),
        trail=trail(unit, heading),
    )


@require_safe
@login_required
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: its duty, who holds it, who claims it, what the reader may do."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    held = queries.held(row)
    claims = list(queries.claims_of(row, user).order_by("-pk"))
    with read_once(user):
        steps = [open_steps(ClaimActView, one, user, now, "service:claim_act") for one in claims]
    is_over = row.closed_at is not None or row.ends < timezone.localdate(now)
    own = next((one for one in claims if one.participant.account_id == user.pk), None)
    context = {
        "now": now,
        "row": row,
        "free": max(row.number - held, 0),
        "is_over": is_over,
        "claims": list(zip(claims, steps, strict=True)),
        "may_claim": not is_over
        and held < row.number
        and (own is None or own.state not in OPEN_CLAIMS)
        and serves_at(user, row.unit),
        "keeps": row.closed_at is None and user.has_perm(Permission.KEEP_POSTS, row.unit),
        "trail": trail(row.unit, row.title),
    }
    return render(request, "service/posts/post.html", context)


@require_POST
@login_required
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Claims a post with one tap."""
    row = _find(request, pk)
    return use_case_button(
        request,
        partial(posts.claim, post=row),
        done=_("Claimed; the branch gives the post, and you read it here."),
        back=reverse("service:post", args=[row.pk]),
    )


@login_required
def claim_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk claims a post for somebody without a telephone; the same rows are written."""
    row = row_for(request, ServicePost, pk, Permission.KEEP_POSTS, "unit", "branch", at="unit")
    return use_case_page(
        request,
        partial(ClaimForForm, post=row),
        partial(posts.claim, post=row),
        heading=_("Claim “%(title)s” for somebody") % {"title": row.title},
        submit=_("Claim the post"),
        done=_("Claimed; now it can be given."),
        back=reverse("service:post", args=[row.pk]),
    )


@login_required
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes a post."""
    row = row_for(request, ServicePost, pk, Permission.KEEP_POSTS, "unit", at="unit")
    address = reverse("service:post", args=[row.pk])
    return use_case_page(
        request,
        forms.Form,
        partial(posts.close_post, post=row),
        heading=_("Close the post “%(title)s”?") % {"title": row.title},
        submit=_("Close the post"),
        done=_("Closed; who holds it keeps it until the end of the term."),
        back=address,
    )


class ClaimActView(ActView):
    """One step with a claim."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> PostClaim:
        seen = PostClaim.objects.visible_to(self.user, one=True)
        found = seen.select_related("post__unit", "participant")
        row: PostClaim = get_object_or_404(found, pk=self.kwargs["pk"])
        return row

    def page_of(self, row: PostClaim) -> str:
        return reverse("service:post", args=[row.post_id])


def _find(request: HttpRequest, pk: int) -> ServicePost:
    seen = ServicePost.objects.visible_to(signed_in(request), one=True)
    row: ServicePost = get_object_or_404(queries.with_counts(seen), pk=pk)
    return row
