"""What a worker finds out is shown to each reader in the reader's own language."""

from importlib import import_module

import pytest
from django.utils import translation
from django.utils.translation import gettext

from orgs.enums import ImportState
from orgs.imports import imports, worker
from orgs.models import LedgerImport, LedgerRow
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests.roster_workbooks import PEOPLE, again, book, clock, problems, send

ROWS = (
    ("张三", "业主", "", "", "5栋", "2单元", "501"),
    ("李四", "不知道", "123", "12", "不存在的楼", "", "501"),
    ("张三", "业主", "", "", "5栋", "2单元", "501"),
    ("", "", "", "", "", "", ""),
    ("王*", "租户", "11010119900307", "", "5栋", "", "502"),
)


def read_in(language: str, cast, content: bytes) -> LedgerImport:
    with translation.override(language):
        return send(RESIDENTS, cast.community, cast.community_worker, content)


def shown_in(language: str, found: LedgerImport) -> tuple[str, list[dict[str, str]]]:
    with translation.override(language):
        return again(found).problem, problems(found)


def test_sentences_of_rows_are_in_the_readers_language(cast):
    content = book(PEOPLE, ROWS)
    by_language = [read_in(language, cast, content) for language in ("zh-hans", "en")]
    for reader in ("zh-hans", "en"):
        chinese, english = (shown_in(reader, found) for found in by_language)
        assert chinese == english
    chinese, english = (shown_in(reader, by_language[0])[1] for reader in ("zh-hans", "en"))
    assert sum(map(len, english)) >= 5
    for row in zip(chinese, english, strict=True):
        assert all(row[0][column] != text for column, text in row[1].items())
        assert all(text.isascii() or "“" in text or "、" in text for text in row[1].values())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_so_is_why_a_file_was_not_read(cast, language):
    found = read_in(language, cast, book(("A", "B"), [("1", "2")]))
    assert found.state == ImportState.FAILED
    assert shown_in("en", found)[0] == (
        "No row of headings was found in the first ten rows: use the template."
    )
    assert shown_in("zh-hans", found)[0] != shown_in("en", found)[0]


def test_rows_with_the_same_doubt_are_found_by_it_in_any_language(cast):
    found = read_in("en", cast, book(PEOPLE, ROWS))
    with translation.override("zh-hans"):
        for row in LedgerRow.objects.filter(ledger_import=found):
            assert row in found.rows.filter(problems=row.problems)


def test_an_import_that_was_sent_back_says_why_to_each_reader(cast):
    keeper = cast.community_worker
    found = read_in("en", cast, book(PEOPLE, ROWS[:1]))
    imports.apply(imported=found, by=keeper, now=make.NOW)
    keeper.positions.all().delete()
    with translation.override("en"):
        worker.work(key=found.pk, clock=clock())
    assert shown_in("en", found)[0] == "You may not import this roster here."
    assert shown_in("zh-hans", found)[0] == "您不能在此导入这本台账。"


def test_sentences_of_before_are_said_in_the_words_of_today():
    migration = import_module("residents.migrations.0010_rosters_in_words")
    assert len(migration.SENTENCES) == 10
    for before, now in migration.SENTENCES.items():
        assert migration.new_words(f'["{before}", {{}}]') == f'["{now}", {{}}]'
        assert gettext(now) != now
    assert migration.new_words("a text with a ledger") == "a text with a ledger"
