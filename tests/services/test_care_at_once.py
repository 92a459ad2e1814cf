"""Care rosters at the same moment, over real connections."""

from collections import Counter
from datetime import date

import pytest

from residents.care import entries, readers
from residents.enums import CareEnding, CareKind
from residents.models import CareChange, CareEntry, CareReader
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def test_entered_at_once_somebody_stands_there_once(cast, at_once):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    person = make.resident(cast.building)
    enter = outcome(
        lambda: entries.enter(
            person=person, kind=CareKind.ASSISTANCE, needs="送菜", by=cast.community_worker,
            now=make.NOW,
        )
    )  # fmt: skip
    assert Counter(at_once(*[enter] * AT_ONCE)) == {"done": 1, "on_ledger": AT_ONCE - 1}
    assert CareEntry.objects.count() == 1


def test_ended_at_once_it_ends_once_and_changes_no_more(cast, at_once):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    entry = make.care_entry(make.resident(cast.building))
    by = cast.community_worker
    end = outcome(lambda: entries.end(entry=entry, ending=CareEnding.NO_NEED, by=by, now=make.NOW))
    assert Counter(at_once(*[end] * AT_ONCE)) == {"done": 1, "ended": AT_ONCE - 1}


def test_changed_at_once_every_former_word_is_kept(cast, at_once):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    entry = make.care_entry(make.resident(cast.building), needs="0")
    changes = [
        outcome(
            lambda words=str(number): entries.change(
                entry=entry, needs=words, by=cast.community_worker, now=make.NOW
            )
        )
        for number in range(1, AT_ONCE + 1)
    ]
    assert at_once(*changes) == ["done"] * AT_ONCE
    entry.refresh_from_db()
    said = {one.values["needs"] for one in CareChange.objects.all()} | {entry.needs}
    assert said == {str(number) for number in range(AT_ONCE + 1)}


def test_named_at_once_somebody_is_named_once(cast, at_once):
    position = cast.community_worker.positions.get()
    name = outcome(
        lambda: readers.appoint(
            position=position, unit=cast.community, kinds=[CareKind.ALLOWANCE],
            starts=date(2026, 1, 1), ends=date(2026, 12, 31), by=cast.street_cadre, now=make.NOW,
        )
    )  # fmt: skip
    assert Counter(at_once(*[name] * AT_ONCE)) == {"done": 1, "named_already": AT_ONCE - 1}
    assert CareReader.objects.count() == 1
