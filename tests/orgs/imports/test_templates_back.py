"""A template that is sent back untouched brings nothing, whatever it is for."""

import pytest

from orgs.errors import DomainError
from orgs.imports import rosters
from orgs.imports.workbooks import writer as workbook_writer
from orgs.imports.workbooks.reader import open_sheet

# Whose columns depend on what they are kept for have no template.
TEMPLATES = sorted(code for code, roster in rosters._rosters.items() if not roster.shape)


@pytest.mark.parametrize("code", TEMPLATES)
def test_untouched(cast, code):
    roster = rosters._rosters[code]
    target = cast.community if roster.subject == rosters.UNIT else None
    for by in (cast.community_worker, cast.street_cadre, cast.district_cadre, cast.admin):
        try:
            content = workbook_writer.template(roster=roster, target=target, by=by)
        except DomainError:
            continue
        sheet = open_sheet(content, roster)
        assert (list(sheet.rows()), sheet.left_out) == ([], [])
        return
