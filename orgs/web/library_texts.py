"""Texts of Django and allauth that our catalogue words anew.

Naming them here keeps them in the catalogue when it is extracted from the source again.
"""

from django.utils.translation import gettext_noop as _

TEXTS = (
    # Weekdays as people write them beside a date: 周五.
    _("Mon"),
    _("Tue"),
    _("Wed"),
    _("Thu"),
    _("Fri"),
    _("Sat"),
    _("Sun"),
    _("Authenticator code"),
    _("Phone"),
    _("Incorrect code."),
    _("This field is required."),
    # Headings of the admin's tables of models, for screen readers.
    _("Model name"),
    _("Add link"),
    _("Change or view list link"),
    # Headings of the admin's lists, of its filters, and its greeting.
    _("Select %s to change"),
    _("Select %s to view"),
    _("Select %s"),
    _(" By %(filter_title)s "),
    _("Welcome,"),
    # Its links at the top, and the list of one's own changes.
    _("View site"),
    _("Log out"),
    _("Recent actions"),
    _("My actions"),
    _("None available"),
)
