"""Changing the unit tree keeps it sound, audited and within what people may."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgs.audit import audit
from orgs.enums import UNIT_LEVELS, Role, UnitKind
from orgs.errors import NotAllowed, Refused
from orgs.models import AuditEntry, CompoundProfile, Unit, UnitAlias
from orgs.units import queries, units
from tests import factories as make
from tests.unit_trees import assert_sound


def test_a_new_compound_takes_the_next_code_and_its_path(cast):
    made = units.create(
        parent=cast.community, name=" 丽景 小区 ", kind=UnitKind.COMPOUND, by=cast.street_cadre
    )
    assert (made.code, made.path_name) == ("421102005003-003", "西湖街道 西湖社区 丽景小区")
    assert AuditEntry.objects.get(action="orgs.create_unit").object_id == str(made.pk)
    assert_sound()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("西湖社区居民委员会", "西湖社区"),
        ("新桥社区居委会", "新桥社区"),
        ("东湖村民委员会", "东湖村"),
        ("新桥村村民委员会", "新桥村"),
        ("新桥村委会", "新桥村"),
        ("村民委员会", "村民委员会"),
        ("赤壁街道", "赤壁街道"),
    ],
)
def test_a_short_name_is_what_people_say(name, short):
    assert Unit(name=name).short_name == short


def test_a_new_street_starts_its_own_tree(cast):
    made = units.create(
        parent=cast.district,
        name="东湖街道",
        kind="street",
        code="421102002000",
        by=cast.district_cadre,
    )
    assert made.district == cast.district
    assert_sound()


def test_a_community_without_an_official_code_gets_a_provisional_one(cast):
    made = units.create(parent=cast.street, name="新社区", kind="community", by=cast.street_leader)
    assert made.code == "421102005901"


@pytest.mark.parametrize(
    ("parent", "values"),
    [
        ("community", {"kind": "building"}),
        ("building", {"kind": "building"}),
        ("district", {"kind": "community", "code": "421102005009"}),
        ("district", {"kind": "street"}),
        ("community", {"kind": "compound", "name": "  "}),
        ("community", {"kind": "compound", "name": "长" * 61}),
        ("community", {"kind": "compound", "code": "421102005003-001"}),
        ("community", {"kind": "compound", "code": "421102005004-009"}),
        ("street", {"kind": "community", "code": "42110200500"}),
    ],
)
def test_what_does_not_fit_is_refused(cast, parent, values):
    before = Unit.objects.count()
    with pytest.raises(Refused):
        units.create(parent=getattr(cast, parent), by=None, **{"name": "某处"} | values)
    assert Unit.objects.count() == before


def test_renaming_reaches_the_paths_below(cast):
    units.rename(unit=cast.community, name="新西湖社区居民委员会", by=cast.district_cadre)
    cast.building.refresh_from_db()
    assert cast.building.path_name == "西湖街道 新西湖社区 翡翠一品小区 5栋"
    assert_sound()


def test_moving_a_compound_recodes_its_buildings_and_keeps_the_old_codes(cast):
    units.move(unit=cast.compound, parent=cast.sibling, by=cast.street_cadre)
    cast.building.refresh_from_db()
    assert cast.building.code == "421102005004-001-005"
    assert cast.building.path_name == "西湖街道 新桥社区 翡翠一品小区 5栋"
    assert dict(UnitAlias.objects.values_list("code", "unit__code")) == {
        "421102005003-001": "421102005004-001",
        "421102005003-001-005": "421102005004-001-005",
    }
    assert_sound()


def test_moving_a_community_to_another_street_changes_its_tree(cast):
    units.move(
        unit=cast.community, parent=cast.other_street, code="421102001009", by=cast.district_cadre
    )
    cast.building.refresh_from_db()
    assert (cast.building.tree_id, cast.building.code) == (
        cast.other_street.tree_id,
        "421102001009-001-005",
    )
    assert_sound()


def test_a_moved_unit_may_come_back_with_a_new_number(cast):
    units.move(unit=cast.compound, parent=cast.sibling, by=None)
    units.move(unit=cast.compound, parent=cast.community, by=None)
    assert cast.compound.code == "421102005003-003"
    assert_sound()


@pytest.mark.parametrize(
    ("unit", "parent"),
    [
        ("street", "other_street"),
        ("compound", "community"),
        ("compound", "street"),
        ("community", "community"),
        ("building", "other_community"),
    ],
)
def test_impossible_moves_are_refused(cast, unit, parent):
    with pytest.raises(Refused):
        units.move(unit=getattr(cast, unit), parent=getattr(cast, parent), by=None)
    assert_sound()


def test_siblings_are_put_in_order(cast):
    units.place(unit=cast.sibling, beside=cast.community, side="left", by=cast.street_cadre)
    assert list(cast.street.get_children()) == [cast.sibling, cast.community]
    with pytest.raises(Refused):
        units.place(unit=cast.compound, beside=cast.sibling, side="left", by=None)
    assert_sound()


@pytest.mark.parametrize(
    ("who", "unit", "may"),
    [
        ("district_cadre", "street", True),
        ("street_cadre", "street", False),
        ("street_cadre", "community", True),
        ("street_leader", "building", True),
        ("sibling_cadre", "community", False),
        ("community_worker", "compound", False),
        ("owner", "building", False),
        ("admin", "street", True),
    ],
)
def test_who_may_rename_what(cast, who, unit, may):
    if may:
        units.rename(unit=getattr(cast, unit), name="新名", by=getattr(cast, who))
    else:
        with pytest.raises(NotAllowed):
            units.rename(unit=getattr(cast, unit), name="新名", by=getattr(cast, who))
    assert Unit.objects.filter(name="新名").exists() is may


def test_a_street_cadre_moves_nothing_out_of_or_into_another_street(cast):
    with pytest.raises(NotAllowed):
        units.move(unit=cast.compound, parent=cast.other_community, by=cast.street_cadre)
    with pytest.raises(NotAllowed):
        units.move(unit=cast.compound, parent=cast.other_community, by=cast.sibling_cadre)
    units.move(unit=cast.compound, parent=cast.other_community, by=cast.district_cadre)
    assert_sound()


def test_a_community_worker_describes_a_compound(cast):
    units.set_profile(unit=cast.compound, by=cast.community_worker, year_built=2008, type="old")
    units.set_profile(unit=cast.compound, by=cast.community_worker, lon=114.9, lat=30.4)
    profile = CompoundProfile.objects.get()
    assert (profile.year_built, profile.type, profile.lon) == (2008, "old", 114.9)


@pytest.mark.parametrize(
    "values",
    [{"lon": 114.9}, {"lon": 200.0, "lat": 30.0}, {"year_built": 1492}, {"type": "castle"}],
)
def test_a_wrong_profile_is_refused(cast, values):
    with pytest.raises(Refused):
        units.set_profile(unit=cast.compound, by=None, **values)
    assert not CompoundProfile.objects.exists()


def test_only_compounds_have_a_profile_and_only_for_their_own_people(cast):
    with pytest.raises(Refused):
        units.set_profile(unit=cast.building, by=None, year_built=2008)
    with pytest.raises(NotAllowed):
        units.set_profile(unit=cast.compound, by=cast.sibling_worker, year_built=2008)


def test_without_its_audit_row_nothing_is_kept(cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no audit")

    monkeypatch.setattr(audit, "record", broken)
    for change in (
        lambda: units.rename(unit=cast.compound, name="新名", by=None),
        lambda: units.move(unit=cast.compound, parent=cast.sibling, by=None),
        lambda: units.create(parent=cast.community, name="新名", kind="compound", by=None),
        lambda: units.place(unit=cast.sibling, beside=cast.community, side="left", by=None),
        lambda: units.set_profile(unit=cast.compound, year_built=2008, by=None),
    ):
        with pytest.raises(RuntimeError):
            change()
    assert not Unit.objects.filter(name="新名").exists()
    assert not UnitAlias.objects.exists()
    assert not CompoundProfile.objects.exists()
    assert_sound()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "move", "rename", "place"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=12,
)


class TestAgainstAModel(TestCase):
    """Random changes, against a plain table of parents."""

    @settings(max_examples=25)
    @given(STEPS)
    def test_the_tree_is_what_the_links_say(self, steps):
        district = make.district()
        for number in range(2):
            units.create(
                parent=district,
                name=f"街道{number}",
                kind="street",
                code=f"77{number}000000000",
                by=None,
            )
        model = {unit.pk: None for unit in Unit.objects.all()}
        for step, first, second in steps:
            keys = sorted(model)
            unit = Unit.objects.get(pk=keys[first % len(keys)])
            other = Unit.objects.get(pk=keys[second % len(keys)])
            self.apply(step, unit, other, model)
        assert dict(Unit.objects.values_list("pk", "parent_id")) == model
        assert_sound()

    def apply(self, step: str, unit: Unit, other: Unit, model: dict) -> None:
        try:
            if step == "create":
                kind = UNIT_LEVELS[min(unit.level + 1, 3)]
                model_parent, made = (
                    unit.pk,
                    units.create(parent=unit, name="某", kind=kind, by=None),
                )
                model[made.pk] = model_parent
            elif step == "move":
                units.move(unit=unit, parent=other, by=None)
                model[unit.pk] = other.pk
            elif step == "rename":
                units.rename(unit=unit, name=f"名{other.pk}", by=None)
            else:
                units.place(unit=unit, beside=other, side="right", by=None)
        except Refused:
            pass


@pytest.mark.parametrize("name", ["甲４栋", "甲 4栋", "甲4栋\u200b", "甲4 栋"])
def test_another_way_of_writing_a_name_is_the_same_name(cast, name):
    kind = UnitKind.BUILDING
    units.create(parent=cast.compound, name="甲4栋", kind=kind, by=cast.street_cadre)
    with pytest.raises(Refused) as refused:
        units.create(parent=cast.compound, name=name, kind=kind, by=cast.street_cadre)
    assert refused.value.code == "name_taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        make.unit(cast.compound, name=name)


def test_a_place_is_found_however_it_is_written(cast):
    building = units.create(
        parent=cast.compound, name="甲４栋", kind=UnitKind.BUILDING, by=cast.street_cadre
    )
    for words in ("甲4栋", "甲 4 栋", "翡翠一品小区甲4栋", "甲４栋\u200b"):
        assert building in queries.matching(words), words
    units.rename(unit=cast.compound, name="翡翠 二品", by=cast.street_cadre)
    assert list(queries.matching("翡翠二品 甲４栋")) == [building]


@pytest.mark.parametrize(
    "words",
    [
        "翡翠一品5栋",
        "翡翠一品５幢",
        "翡翠一品5号楼501",
        "翡翠一品5-2-501",
        "翡翠一品5-501",
    ],
)
def test_a_building_is_found_by_its_address_in_one_word(cast, words):
    """As people say it, 小区 left out; the fifteenth building is another one."""
    make.unit(cast.compound, name="15栋")
    assert list(queries.matching(words)) == [cast.building]
    assert not queries.matching("没有的小区5栋").exists()


def test_the_holders_over_many_units_are_those_over_each(cast, django_assert_num_queries):
    """By a position at or above the unit, a grid, a district or a party organisation."""
    today = timezone.localdate()
    for person in (gone := make.user(), make.user()):
        make.position(person, Role.COMMUNITY_WORKER, cast.community, ends=today - timedelta(days=1))
    make.position(gone, Role.PROPERTY_STAFF, cast.compound)
    gone.is_active = False
    gone.save()
    for units_of in ([], [cast.building], [cast.compound, cast.other_street], [cast.sibling]):
        each = set().union(*(queries.holders(unit, Role, today) for unit in units_of))
        with django_assert_num_queries(1):
            rows = Unit.objects.filter(pk__in=[unit.pk for unit in units_of])
            assert queries.holders_of(rows, Role, today) == each
    whole = queries.holders_of(Unit.objects.filter(pk=cast.building.pk), Role, today)
    ways = {cast.community_worker, cast.grid_worker, cast.district_cadre, cast.secretary}
    assert {person.pk for person in ways} <= whole
    assert gone.pk not in whole
