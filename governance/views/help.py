"""Help in the portal: the guides, and where to say what is wrong with us."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from governance import guides

MAX_WORDS = 60


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """All guides, one's own first; `?at=` leads to the heading that tells of a page, `?q=` searches."""
    if page := request.GET.get("at", "")[:100]:
        name, anchor = guides.place_for(request.user, page)
        return redirect(f"{reverse('guide', args=[name])}{'#' if anchor else ''}{anchor}")
    words = request.GET.get("q", "").strip()[:MAX_WORDS]
    own = guides.guides_of(request.user)
    names = [*own, *(name for name in guides.NAMES if name not in own)]
    found = [(section, guides.guide(section.guide).title) for section in guides.search(words)]
    context = {"guides": [guides.guide(name) for name in names], "words": words, "found": found}
    return render(request, "governance/help.html", context)


@require_GET
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """One guide."""
    try:
        shown = guides.guide(name)
    except KeyError as error:
        raise Http404 from error
    return render(request, "governance/guide.html", {"guide": shown})


@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """投诉建议: where to turn to, for everybody, from every page."""
    return render(request, "governance/complaints.html")
