"""The roll: who votes, with what area, and what is listed for a decision."""

import pytest
from django.db import connection

from orgs.errors import NotAllowed, Refused, WrongState
from residents.deliberation.enums import (
    ChangedOwner,
    Doubt,
    Electorate,
    PollMode,
    PollState,
    Rule,
    VoterKind,
)
from residents.deliberation.models import RollEntry, RollPart
from residents.deliberation.polls import own_data, queries
from residents.deliberation.polls.box import casting
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import building, rolls
from residents.deliberation.topics.course import decisions
from residents.enums import HouseholdState, Relation
from residents.models import Belonging
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW, at


def drawn(poll):
    return {voter.key: voter for voter in building.voters(poll)}


def test_one_person_is_one_voter_with_all_the_area(place):
    entry = place.entry(place.poll(), "multi")
    assert (entry.area, entry.parts.count()) == (22_050, 2)


def test_the_developers_flats_are_one_person(place):
    entry = place.entry(place.poll(), "developer")
    assert (entry.kind, entry.area, entry.parts.count()) == (VoterKind.DEVELOPER, 18_000, 2)


def test_shops_always_count_parking_as_the_rules_say(place):
    shop = make.household(place.cast.building, "1", state=HouseholdState.SHOP, area=3_000)
    space = make.household(place.cast.building, "P1", state=HouseholdState.PARKING, area=1_200)
    for where in (shop, space):
        make.belonging(place.people["owner"], where)
    assert drawn(place.draft())[f"person:{place.people['owner'].pk}"].area == 13_000
    counted = place.draft(settings={"parking_counts": True})
    assert drawn(counted)[f"person:{place.people['owner'].pk}"].area == 14_200


def test_scope_of_buildings_and_of_one_entrance(place):
    only = place.draft(buildings=[place.cast.building])
    assert sum(voter.area for voter in building.voters(only)) == 40_000
    flat = make.household(place.cast.building, "301", entrance="2", area=7_000)
    make.belonging(place.people["third"], flat)
    entrance = place.draft(buildings=[place.cast.building], entrance="2")
    assert [voter.area for voter in building.voters(entrance)] == [7_000]


def test_co_owners_choose_one_voter(place):
    flat = make.household(place.cast.building, "105", area=9_900)
    couple = [make.resident(place.cast.compound) for _time in range(2)]
    for person in couple:
        make.belonging(person, flat, Relation.CO_OWNER)
    poll = place.poll(PollState.ANNOUNCED)
    entry = RollEntry.objects.get(poll=poll, key=f"household:{flat.pk}")
    assert entry.doubt == Doubt.NO_VOTER
    choose = {"poll": poll, "household": flat, "by": place.cast.committee_member, "now": NOW}
    with pytest.raises(Refused):
        rolls.choose_voter(person=place.people["owner"], **choose)
    with pytest.raises(NotAllowed):
        rolls.choose_voter(person=couple[0], **choose | {"by": place.owner})
    rolls.choose_voter(person=couple[1], **choose)
    assert RollEntry.objects.get(poll=poll, person=couple[1]).doubt == ""
    assert RollEntry.objects.get(pk=entry.pk).is_void
    polls.open_poll(poll=poll, by=place.cast.committee_member, now=NOW)
    with pytest.raises(WrongState):
        rolls.choose_voter(person=couple[0], **choose)


def test_a_choice_ends_with_the_ownership(place):
    flat = make.household(place.cast.building, "107", area=9_900)
    left, *rest = [make.resident(place.cast.compound) for _time in range(3)]
    for person in (left, *rest):
        make.belonging(person, flat, Relation.CO_OWNER)
    poll = place.poll(PollState.ANNOUNCED)
    rolls.choose_voter(
        poll=poll, household=flat, person=left, by=place.cast.committee_member, now=NOW
    )
    assert f"person:{left.pk}" in drawn(poll)
    Belonging.objects.filter(person=left).update(ends=NOW.date())
    assert f"person:{left.pk}" not in drawn(poll)
    assert drawn(poll)[f"household:{flat.pk}"].doubt == Doubt.NO_VOTER


def test_sole_and_joint_flats_of_one_person_are_listed(place):
    flat = make.household(place.cast.building, "106", area=9_900)
    make.belonging(place.people["owner"], flat)
    make.belonging(make.resident(place.cast.compound), flat, Relation.CO_OWNER)
    poll = place.poll(PollState.ANNOUNCED)
    assert place.entry(poll, "owner").doubt == Doubt.SOLE_AND_CO
    assert [entry.person for entry in rolls.unclear(poll)] == [place.people["owner"]]
    rolls.choose_voter(
        poll=poll, household=flat, person=place.people["owner"], separate=True,
        by=place.cast.committee_member, now=NOW,
    )  # fmt: skip
    rows = RollEntry.objects.filter(poll=poll, person=place.people["owner"], is_void=False)
    assert sorted(rows.values_list("area", "doubt")) == [(9_900, ""), (10_000, "")]


def test_for_a_minor_the_guardian_votes(place):
    guardian_account = make.user("guardian")
    guardian = make.resident(place.cast.compound, account=guardian_account)
    child = make.resident(place.cast.compound, born="2020-01-01", guardian=guardian)
    orphan = make.resident(place.cast.compound, born="2020-01-01")
    for number, person in enumerate((child, orphan), start=7):
        make.belonging(person, make.household(place.cast.building, f"10{number}"))
    poll = place.poll()
    entry = RollEntry.objects.select_related("poll", "person__guardian", "successor").get(
        poll=poll, person=child
    )
    assert entry.doubt == ""
    assert RollEntry.objects.get(poll=poll, person=orphan).doubt == Doubt.MINOR
    assert casting.cast(entry=entry, choices={"1": "for"}, by=guardian_account, now=NOW).i == 1


def test_households_and_residents(place):
    by_household = place.draft(
        mode=PollMode.ADVISORY, electorate=Electorate.HOUSEHOLDS, rule=Rule.RESIDENTS_MEETING,
        matter=None,
    )  # fmt: skip
    assert len(building.voters(by_household)) == 5
    child = make.resident(place.cast.compound, born="2015-01-01")
    grown = make.resident(place.cast.compound, born="1990-01-01")
    for person in (child, grown):
        make.belonging(person, place.flats["101"], Relation.FAMILY)
    residents = place.draft(
        mode=PollMode.ADVISORY, electorate=Electorate.RESIDENTS, rule=Rule.RESIDENTS_MEETING,
        matter=None,
    )  # fmt: skip
    people = {voter.person for voter in building.voters(residents)}
    assert grown in people
    assert child not in people
    # The tenant lives here too.
    assert len(people) == 6


def test_a_sale_after_opening_moves_nothing_and_is_listed(place):
    poll = place.poll()
    buyer_account = make.user("buyer")
    sell(place, "101", buyer_account)
    assert [part.code for part in rolls.changed_owners(poll)] == [place.flats["101"].code]
    entry = place.entry(poll, "owner")
    with pytest.raises(WrongState):
        rolls.pass_to_buyer(entry=entry, by=place.cast.committee_member, now=NOW)
    assert casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=NOW).i == 1


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True)])
def test_who_sold_before_the_opening_is_no_elector(place, days, counts):
    old = make.user("old_owner")
    person = make.resident(place.cast.compound, account=old)
    make.belonging(
        person, place.flats["101"], Relation.CO_OWNER, starts=at(-100).date(),
        ends=at(days).date(), verified_by=place.cast.community_worker, verified_at=NOW,
    )  # fmt: skip
    poll = place.poll()
    assert queries.in_electorate(old, poll) == counts
    assert RollEntry.objects.visible_to(old).exists() == counts
    assert bool(decisions.entry_of(poll, old)) == counts


def test_who_moved_away_or_guards_from_elsewhere_still_sees_the_poll(place):
    guardian = make.user("guardian")
    far = make.resident(place.cast.sibling, account=guardian)
    child = make.resident(place.cast.compound, born="2020-01-01", guardian=far)
    make.belonging(child, make.household(place.cast.building, "109"))
    poll = place.poll()
    sell(place, "101", make.user("buyer"))
    for user in (place.owner, guardian):
        assert queries.one(user, pk=poll.pk) == poll
        assert poll in queries.polls(user)
    draft = place.draft()
    assert queries.one(place.owner, pk=draft.pk) is None


def test_an_unused_vote_passes_to_the_buyer_where_announced(place):
    poll = place.poll(settings={"changed_owner": ChangedOwner.BUYER.value})
    buyer_account = make.user("buyer")
    sell(place, "101", buyer_account)
    entry = place.entry(poll, "owner")
    rolls.pass_to_buyer(entry=entry, by=place.cast.committee_member, now=NOW)
    entry = place.entry(poll, "owner")
    with pytest.raises(NotAllowed):
        casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=NOW)
    assert casting.cast(entry=entry, choices={"1": "for"}, by=buyer_account, now=NOW).i == 1


def sell(place, room, account):
    flat = place.flats[room]
    Belonging.objects.filter(household=flat).update(ends=NOW.date())
    buyer = make.resident(place.cast.compound, account=account)
    make.belonging(buyer, flat, verified_by=place.cast.community_worker, verified_at=NOW)


def test_an_unverified_account_does_not_vote(place):
    Belonging.objects.filter(person=place.people["owner"]).update(
        verified_by=None, verified_at=None
    )
    poll = place.poll()
    with pytest.raises(NotAllowed):
        casting.cast(
            entry=place.entry(poll, "owner"), choices={"1": "for"}, by=place.owner, now=NOW
        )


def test_voters_are_needed_as_long_as_a_decision_can_be_annulled(place):
    place.poll()
    needed = set(own_data.people_still_needed().values_list("person", flat=True))
    assert needed == {person.pk for person in place.people.values()}
    assert own_data.own_data(place.owner) == {
        "roll_entries": [{"poll__title": "更换5栋电梯", "number": 1, "area": 10_000}],
        "poll_objections": [],
    }


@pytest.mark.parametrize("source", ["register", "survey", "contract"])
def test_a_buyer_in_possession_votes_with_the_area_that_is_known(place, source):
    """法释〔2009〕7号, art. 1 and 8: not registered yet, with the area that a survey or the contract says."""
    flat = make.household(place.cast.building, "105", area=9_900, area_source=source)
    buyer = make.resident(place.cast.compound, name="买房人")
    make.belonging(buyer, flat, verified_by=place.cast.community_worker, verified_at=NOW)
    poll = place.poll(PollState.ANNOUNCED)
    part = RollPart.objects.get(poll=poll, household=flat)
    assert (part.entry.person, part.entry.area) == (buyer, 9_900)
    assert (part.area, part.area_source) == (9_900, source)


def test_a_flat_is_found_by_its_compound_where_two_have_the_same_building(place):
    poll = place.poll()
    mine = place.entry(poll, "owner")
    other = make.unit(
        place.cast.community, code=f"{place.cast.community.code}-077", name="和平小区"
    )
    flat = make.household(make.unit(other, code=f"{other.code}-005", name="5栋"), "101")
    label = mine.parts.get().label
    theirs = place.entry(poll, "third")
    theirs.parts.create(poll=poll, household=flat, code=flat.code, label=label)
    with pytest.raises(Refused, match="小区名"):
        rolls.find(poll, label)
    assert rolls.find(poll, f"和平小区 {label}") == theirs
    assert rolls.find(poll, f"{place.cast.compound.name}{label}") == mine


def test_a_roll_drawn_up_anew_between_two_statements_breaks_no_list(place):
    poll = place.poll(
        PollState.ANNOUNCED, electorate=Electorate.HOUSEHOLDS, rule=Rule.RESIDENTS_MEETING, matter=None,
        mode=PollMode.ADVISORY, by=place.cast.secretary,
    )  # fmt: skip
    entries = RollEntry.objects.filter(poll=poll)
    expected = rolls.accounts_by_entry(entries)
    entries.update(is_void=True)
    asked = []

    def drawn_up_after_the_first(execute, *arguments):
        answer = execute(*arguments)
        if not asked:
            asked.append(True)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE deliberation_rollentry SET is_void = false")
        return answer

    with connection.execute_wrapper(drawn_up_after_the_first):
        found = rolls.accounts_by_entry(entries)
    assert set().union(*found.values()) == set().union(*expected.values()) != set()
