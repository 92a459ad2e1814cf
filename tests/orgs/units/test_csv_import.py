"""import_units: all of a file or nothing, and twice is once."""

import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from orgs.enums import UnitKind
from orgs.models import AuditEntry, District, Unit
from orgs.units import csv_import, units
from tests import factories as make
from tests.unit_trees import assert_sound

pytestmark = pytest.mark.django_db

HUANGZHOU = settings.BASE_DIR / "orgs" / "data" / "huangzhou.csv"
HEAD = "code,name,level,kind,parent_code\n"
GOOD = [
    "421102000000,黄州区,county,,421100000000",
    "421102005000,西湖街道,street,街道,421102000000",
    "421102005003,西湖社区居民委员会,community,居委会,421102005000",
    "421102005003-001,翡翠一品小区,compound,,421102005003",
    "421102005003-001-005,5栋,building,,421102005003-001",
]


def file_of(*lines: str) -> io.StringIO:
    return io.StringIO(HEAD + "\n".join(lines) + "\n")


def refusal(content) -> list[tuple[int, str]]:
    """The faults of a file; nothing of it may be kept."""
    before = (Unit.objects.count(), District.objects.count(), AuditEntry.objects.count())
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    with pytest.raises(csv_import.ImportRefused) as caught:
        csv_import.load(stream)
    assert (Unit.objects.count(), District.objects.count(), AuditEntry.objects.count()) == before
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_every_level_becomes_its_kind_of_unit():
    outcome = csv_import.load(file_of(*GOOD))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (5, 0, 0)
    building = Unit.objects.get(code="421102005003-001-005")
    assert building.path_name == "西湖街道 西湖社区 翡翠一品小区 5栋"
    street = building.get_root()
    assert (street.official_type, street.district.name, street.district.parent) == (
        "街道",
        "黄州区",
        None,
    )
    assert_sound()


def test_huangzhou_loads_and_a_second_import_changes_nothing():
    with HUANGZHOU.open("rb") as stream:
        assert csv_import.load(stream).created == 151
    assert Unit.objects.get(code="421102005003").path_name == "西湖街道 西湖社区"
    assert AuditEntry.objects.get(action="orgs.import_units").detail["created"] == 151
    output = io.StringIO()
    call_command("import_units", HUANGZHOU, stdout=output)
    assert "151" in output.getvalue()
    assert AuditEntry.objects.filter(action="orgs.import_units").count() == 1
    assert_sound()


def test_a_second_import_of_the_same_rows_writes_no_unit(django_assert_max_num_queries):
    csv_import.load(file_of(*GOOD))
    with django_assert_max_num_queries(9):
        outcome = csv_import.load(file_of(*GOOD))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 5)


def city() -> list[str]:
    """A city as large as Wuhan with invented names: 17 districts, 193 streets, 3,495 communities."""
    lines, communities = [], 3495
    for number in range(193):
        district = f"9901{number % 17 + 1:02}"
        if number < 17:
            lines.append(f"{district}000000,第{number + 1}区,county,,990100000000")
        street = f"{district}{number // 17 + 1:03}"
        lines.append(f"{street}000,第{number + 1}街道,street,街道,{district}000000")
        share = communities // (193 - number)
        communities -= share
        lines += [
            f"{street}{one:03},第{number + 1}街第{one}社区居民委员会,community,居委会,{street}000"
            for one in range(1, share + 1)
        ]
    return lines


def test_a_city_as_large_as_wuhan_loads_and_a_second_import_changes_nothing(
    django_assert_max_num_queries,
):
    lines = city()
    outcome = csv_import.load(file_of(*lines))
    assert (outcome.created, outcome.updated) == (17 + 193 + 3495, 0)
    assert District.objects.count() == 17
    assert Unit.objects.filter(kind=UnitKind.STREET).count() == 193
    assert Unit.objects.filter(kind=UnitKind.COMMUNITY).count() == 3495
    assert_sound()
    before = list(Unit.objects.order_by("pk").values())
    with django_assert_max_num_queries(40):
        outcome = csv_import.load(file_of(*lines))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, len(lines))
    assert list(Unit.objects.order_by("pk").values()) == before


def test_names_are_updated_with_the_paths_below():
    csv_import.load(file_of(*GOOD))
    outcome = csv_import.load(file_of("421102005000,遗爱湖街道,street,街道,421102000000"))
    assert (outcome.created, outcome.updated) == (0, 1)
    assert Unit.objects.get(code="421102005003-001").path_name == "遗爱湖街道 西湖社区 翡翠一品小区"
    assert_sound()


def test_rows_may_come_before_their_parents_and_join_what_is_there():
    csv_import.load(file_of(*reversed(GOOD)))
    outcome = csv_import.load(
        file_of(
            "421102005003-002,湖畔小区,compound,,421102005003",
            "421102005004,新桥社区居民委员会,community,居委会,421102005000",
            "421102001000,赤壁街道,street,街道,421102000000",
        )
    )
    assert outcome.created == 3
    assert_sound()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_is_no_matter(mark):
    content = (mark + HEAD + "\n".join(GOOD)).encode()
    assert csv_import.load(io.BytesIO(content)).created == 5


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("421102006001,孤儿,community,,421102006000", 7),
        ("421102005003,又一个,community,,421102005000", 7),
        ("421102005009,村组,hamlet,,421102005000", 7),
        ("421102005009,社区,community,,421102000000", 7),
        ("421102006000,街道,street,,421102005000", 7),
        ("421102005009-001,小区,compound,,421102005003", 7),
        ("42110200500,短码,community,,421102005000", 7),
        ("421102005009,,community,,421102005000", 7),
        (f"421102005009,{'长' * 61},community,,421102005000", 7),
        ("421102005009,少一格,community", 7),
        ("421102005009,多一格,community,,421102005000,x,y", 7),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_applied(line, number):
    assert [found for found, _message in refusal(file_of(*GOOD, line))] == [number]


def test_a_cycle_is_named():
    found = refusal(
        file_of(
            *GOOD,
            "421102005011,甲,community,,421102005012",
            "421102005012,乙,community,,421102005011",
        )
    )
    assert [line for line, _message in found] == [7, 8]


def test_all_faults_are_told_together():
    found = refusal(file_of(*GOOD, "1,x,moon,,2", "421102006001,孤儿,community,,421102006000"))
    assert [line for line, _message in found] == [7, 8]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((HEAD + "\n".join(GOOD[:2]) + "\n421102005003,").encode() + "社区".encode("gbk"), 4),
        (b"code,name,level\n1,x,county\n", 1),
        (b"", 1),
        (HEAD.encode(), 1),
        ((HEAD + '421102000000,"黄州区,county,,\n').encode(), 2),
    ],
)
def test_faults_of_form_name_the_line(content, line):
    assert refusal(content)[0][0] == line


def test_a_unit_is_not_moved_by_an_import():
    csv_import.load(file_of(*GOOD, "421102001000,赤壁街道,street,街道,421102000000"))
    found = refusal(file_of("421102005003,西湖社区居民委员会,community,居委会,421102001000"))
    assert [line for line, _message in found] == [2]


def test_a_unit_that_was_moved_here_stays_and_is_found_by_its_former_code():
    csv_import.load(file_of(*GOOD, "421102001000,赤壁街道,street,街道,421102000000"))
    community = Unit.objects.get(code="421102005003")
    units.move(unit=community, parent=Unit.objects.get(code="421102001000"), by=None)
    outcome = csv_import.load(file_of(*GOOD))
    assert (outcome.created, outcome.updated) == (0, 0)
    assert_sound()


def test_a_kind_cannot_change():
    street = make.unit(code="421102005003")
    found = refusal(file_of(GOOD[0], GOOD[1], GOOD[2]))
    assert [line for line, _message in found] == [4]
    assert street.kind == "street"


def test_the_command_says_what_is_wrong(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text(HEAD + "1,x,moon,,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="2"):
        call_command("import_units", path)
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("import_units", tmp_path / "nowhere.csv")


def test_neighbours_of_one_name_are_refused(cast):
    lines = [
        f"{cast.compound.code}-90{number},{name},building,,{cast.compound.code}"
        for number, name in enumerate(("甲 ６栋", "甲6栋", "５ 栋"), 1)
    ]
    assert [line for line, _text in refusal(file_of(*lines))] == [3, 4]
