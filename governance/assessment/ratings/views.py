"""Pages of ratings: what one may rate, reviews of committee members, outside figures."""

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.assessment.enums import Permission, RaterGroup
from governance.assessment.models import FigureFile, MemberReview, Run, Scheme
from governance.assessment.ratings import figures, queries, ratings, reviews
from governance.assessment.ratings.forms import FiguresForm, RateForm, ReviewForm
from governance.assessment.ratings.ratings import PAPER_DESK
from governance.assessment.schemes.places import district_of
from orgs.accounts.sign_in import signed_in
from orgs.crypto import fernet
from orgs.scoping import reach_of
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import key_of, page_by_key, page_of
from residents.models import BodyMember, Household
from residents.roll.queries import households_named

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User


@require_safe
@login_required
def to_rate(request: HttpRequest) -> HttpResponse:
    """What somebody may rate now, what they have, and whose yearly review they enter."""
    user, now = signed_in(request), timezone.now()
    rows, words = queries.open_ratings(user, now), request.GET.get("q", "").strip()[:60]
    page = page_of(request, queries.named(rows, words))
    context = {
        "rows": [(row, _address(row)) for row in page.rows],
        "page": page,
        "words": words,
        "is_long": len(rows) > len(page.rows) or words,
        # Others have a menu entry for it.
        "shows_public": not user.has_perm(Permission.VIEW_ASSESSMENTS)
        and Run.objects.visible_to(user).filter(Run.made_public()).exists(),
        "open": sum(not row.is_rated for row in rows),
        "enters_papers": bool(reach_of(user).roles & PAPER_DESK),
        "reviews": [] if words or page.previous else queries.open_reviews(user, now),
    }
    return render(request, "assessment/to_rate.html", context)


def _address(row: queries.ToRate, *, on_paper: bool = False) -> str:
    address = reverse(
        "assessment:rate", args=[row.scheme.pk, row.period.name, row.group.value, row.subject]
    )
    if row.household is None:
        return address
    return f"{address}?household={row.household.pk}{'&paper=1' if on_paper else ''}"


@require_safe
@login_required
def on_paper(request: HttpRequest) -> HttpResponse:
    """The desk finds a household by its door, and enters what it rated on paper."""
    user, now = signed_in(request), timezone.now()
    if not reach_of(user).roles & PAPER_DESK:
        raise PermissionDenied
    words = request.GET.get("home", "").strip()[:60]
    homes = households_named(words, queries.paper_buildings(user)) if words else []
    home = homes[0] if len(homes) == 1 else None
    is_verified = home is not None and ratings.verified_of(home).exists()
    rows = queries.open_on_paper(home, user, now) if home and is_verified else []
    context = {
        "words": words,
        "homes": homes,
        "is_verified": is_verified,
        "rows": [(row, _address(row, on_paper=True)) for row in rows],
    }
    return render(request, "assessment/on_paper.html", context)


@login_required
def rate(request: HttpRequest, pk: int, period: str, group: str, subject: int) -> HttpResponse:
    """Rates one subject for one period."""
    if group not in RaterGroup.values:
        raise Http404
    user = signed_in(request)
    scheme = get_object_or_404(Scheme, pk=pk)
    wanted, home = request.GET.get("household", ""), None
    if request.GET.get("paper"):
        at_desk = Household.objects.filter(building__in=queries.paper_buildings(user))
        home = get_object_or_404(at_desk, pk=key_of(wanted))
    now = timezone.now()
    rows = queries.open_on_paper(home, user, now) if home else queries.open_ratings(user, now)
    row = next(
        (
            one
            for one in rows
            if (one.scheme.pk, one.period.name, one.group.value, one.subject)
            == (scheme.pk, period, group, subject)
            and (one.household is None or str(one.household.pk) == wanted)
        ),
        None,
    )
    if row is None:
        raise Http404
    household: Household | None = row.household
    return use_case_page(
        request,
        RateForm,
        partial(
            ratings.rate, scheme=scheme, period=period, subject=subject, group=RaterGroup(group),
            household=household, on_paper=home is not None,
        ),
        heading=_("Rate %(name)s, %(period)s") % {"name": row.name, "period": row.period.label},
        submit=_("Rate"),
        done=_("Entered.") if home else _("Thank you. Only the sum is shown, never who gave what."),
        back=f"{reverse('assessment:on_paper')}?{urlencode({'home': home.code})}"
        if home
        else reverse("assessment:to_rate"),
    )  # fmt: skip


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters the yearly review of a member of a residents' committee."""
    member = row_for(
        request, BodyMember, pk, Permission.ENTER_REVIEWS, "term__body__unit", "person"
    )
    back = reverse("residents:body", args=[member.term.body_id])
    return use_case_page(
        request,
        ReviewForm,
        partial(reviews.enter, member=member),
        heading=_("Yearly review of %(name)s") % {"name": member.person or member.name},
        submit=_("Enter"),
        done=_said,
        back=back,
    )


def _said(row: MemberReview) -> str:
    if row.ended_office:
        return _("Entered. Twice running incompetent: the office has ended.")
    return _("Entered: %(grade)s.") % {"grade": row.get_grade_display()}


@require_safe
@login_required
def figure_files(request: HttpRequest) -> HttpResponse:
    """The files of outside figures."""
    user = signed_in(request)
    if not user.has_perm(Permission.IMPORT_FIGURES):
        raise PermissionDenied
    page = page_by_key(request, FigureFile.objects.visible_to(user).defer("content"))
    context = {"page": page, "rows": page.rows, "now": timezone.now()}
    return render(request, "assessment/figures.html", context)


@login_required
def import_figures(request: HttpRequest) -> HttpResponse:
    """Imports a file of outside figures."""
    user = signed_in(request)
    if not user.has_perm(Permission.IMPORT_FIGURES):
        raise PermissionDenied
    district = district_of(user)

    def call(*, by: "User", now: "datetime", **typed: Any) -> tuple[FigureFile, bool]:
        return figures.import_file(district=district, by=by, now=now, **typed)

    return use_case_page(
        request,
        FiguresForm,
        call,
        heading=_("Import outside figures"),
        submit=_("Import"),
        done=lambda found: (
            _("Imported; the file is kept as the evidence.")
            if found[1]
            else _("This file was imported before; nothing changed.")
        ),
        back=reverse("assessment:figures"),
    )


@require_safe
@login_required
def figure_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, as it came."""
    user = signed_in(request)
    row: FigureFile = get_object_or_404(FigureFile.objects.visible_to(user, one=True), pk=pk)
    content = fernet().decrypt(bytes(row.content))
    headers = {"Content-Disposition": content_disposition_header(True, row.file_name)}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
