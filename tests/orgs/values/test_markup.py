"""HTML from parts: what Django's `format_html` gives, whatever the parts are."""

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from orgs.enums import Role
from orgs.values.markup import joined, markup

PARTS = (
    "<b>&\"'",
    mark_safe("<i>是</i>"),
    gettext_lazy("Tasks"),
    Role.STREET_CADRE,
    Role.STREET_CADRE.label,
    gettext_lazy("<b>"),
    None,
    12_345,
    "",
    type("Text", (str,), {})("<u>"),
)


@pytest.mark.parametrize("part", PARTS)
def test_the_same_as_django(part):
    text = markup('<p title="{}">{}</p>', part, "翡翠")
    assert text == format_html('<p title="{}">{}</p>', part, "翡翠")
    assert isinstance(text, SafeString)


def test_pieces_stay_as_they_are():
    text = joined(markup("<li>{}</li>", one) for one in ("<", mark_safe("&amp;")))
    assert text == "<li>&lt;</li><li>&amp;</li>"
    assert isinstance(text, SafeString)
