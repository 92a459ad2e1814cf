"""What the tests of forms share: sending a blank form, filling it, opening what was filled."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from governance.data_forms.blanks import blanks
from governance.data_forms.enums import Subject
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.models import BlankForm, FilledFile
from tests import factories as make
from tests.governance.data_forms.blank_workbooks import content

NOW = make.NOW


def upload(workbook: Any, name: str = "空表.xlsx") -> SimpleUploadedFile:
    body = workbook if isinstance(workbook, bytes) else content(workbook)
    return SimpleUploadedFile(name, body)


def blank(cast: Any, workbook: Any, subject: Subject = Subject.PERSON, **values: Any) -> BlankForm:
    """A form of the community, sent by its worker; further values choose who is listed."""
    by = cast.community_worker
    form = blanks.add(
        unit=cast.community, name="花名册", subject=subject, file=upload(workbook), by=by, now=NOW
    )
    chosen = filters.Filter(unit=cast.community.code, **values)
    return fillings.choose_rows(form=form, chosen=chosen, by=by, now=NOW)


def filled(cast: Any, form: BlankForm, purpose: str = "民政局核对高龄津贴") -> FilledFile:
    """A copy of a form as a worker made it."""
    run = fillings.order(form=form, purpose=purpose, by=cast.community_worker, now=NOW)
    file = FilledFile.objects.get(run=run)
    fillings.make(file_id=file.pk, now=NOW)
    file.refresh_from_db()
    return file


def sheet_of(cast: Any, file: FilledFile) -> Any:
    """The first sheet of a filled copy."""
    body = fillings.fetch(file=file, by=cast.community_worker, now=NOW)
    return load_workbook(BytesIO(body)).worksheets[0]
