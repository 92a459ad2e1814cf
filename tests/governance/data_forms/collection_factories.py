"""What the tests of collections share: a form asked for, admitted, filled, signed off, delivered."""

from datetime import date, timedelta
from typing import Any

from governance.data_forms.blanks.queries import value_columns
from governance.data_forms.collections import collections
from governance.data_forms.enums import Ground, Repeats, Subject
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import Collection, Submission
from governance.data_forms.submissions import filling, submissions
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, upload

TODAY = NOW.date()
DUE = TODAY + timedelta(days=7)
HEADINGS = ("序号", "姓名", "性别", "身份证号", "现住址", "最爱的曲目")
NAME, SEX, ID_NUMBER, ADDRESS, SONG = 2, 3, 4, 5, 6
WORDS = {"legal_basis": "民政部令第73号第5条", "purpose": "核对高龄津贴"}


def at_home(cast: Any, name: str = "张大爷", building: Any = None, born: str = "19400101") -> Any:
    """Somebody on the roll of a building, with a number."""
    building = building or cast.building
    person = make.resident(building, name=name, sex="male", id_number=make.id_number(born))
    make.belonging(person, make.household(building))
    return person


def sibling_home(cast: Any, name: str = "李奶奶") -> Any:
    flat = make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋")
    return at_home(cast, name, flat)


def proposed(cast: Any, **values: Any) -> Collection:
    """A department's form that waits for the street's admission."""
    defaults = {
        "street": cast.street, "communities": [cast.community, cast.sibling], "name": "高龄津贴核对表",
        "subject": Subject.PERSON, "file": upload(books.book("高龄津贴核对表", HEADINGS)),
        "listed": Filter(min_age=60), "due_on": DUE, "repeats": Repeats.ONCE,
        "by": cast.housing_officer, "now": NOW,
    }  # fmt: skip
    return collections.propose(**defaults | WORDS | values)


def opened(
    cast: Any, grounds: dict[int, Ground] | None = None, now: Any = NOW, **values: Any
) -> Collection:
    """The same, admitted by the street; the portal filled it in."""
    collection = collections.admit(
        collection=proposed(cast, **values), grounds=grounds or {}, by=cast.street_cadre, now=now
    )
    fill(collection, now)
    return collection


def fill(collection: Collection, now: Any = NOW) -> None:
    for one in collection.submissions.all():
        filling.fill(key=one.pk, now=now)


def part(collection: Collection, unit: Any) -> Submission:
    return Submission.objects.select_related(
        "unit", "collection__form", "collection__entry", "collection__street",
        "collection__department",
    ).get(collection=collection, unit=unit)  # fmt: skip


def signed(cast: Any, collection: Collection, now: Any = NOW, minutes: int = 12) -> None:
    """Both communities sign off."""
    for unit, by in ((cast.community, cast.community_worker), (cast.sibling, cast.sibling_worker)):
        submissions.sign(submission=part(collection, unit), minutes=minutes, by=by, now=now)


def delivered(cast: Any, collection: Collection, now: Any = NOW) -> Collection:
    return collections.deliver(collection=collection, by=cast.street_cadre, now=now)


def rows_of(submission: Submission, user: Any = None) -> list[list[Any]]:
    """The values of a submission as its community sees them."""
    columns = value_columns(submission.collection.form)
    found = submissions.read(submission, submission.lines.all(), columns, None)
    return [[cell.value for cell in line.cells] for line in found]


def handed_rows(submission: Submission) -> list[list[Any]]:
    """The same as they leave the community."""
    columns = value_columns(submission.collection.form)
    found = submissions.read(
        submission, submission.lines.all(), columns, submissions.handed(submission)
    )
    return [[cell.value for cell in line.cells] for line in found]


def day(days: int) -> date:
    return TODAY + timedelta(days=days)
