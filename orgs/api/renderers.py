"""What the API answers beside JSON."""

from rest_framework.renderers import JSONRenderer

from orgs.web.pages import WORKBOOK_TYPE


class WorkbookRenderer(JSONRenderer):
    """Lets a client ask for a workbook by `Accept`; an error is still a problem in JSON."""

    media_type = WORKBOOK_TYPE
    format = "xlsx"
