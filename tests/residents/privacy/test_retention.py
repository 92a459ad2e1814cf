"""Forgetting: people who moved out long ago, papers, codes; twice is once."""

from datetime import timedelta

from orgs.attachments import attachments
from orgs.models import Attachment
from residents.claims import claims
from residents.enums import Relation
from residents.models import Claim, Person
from residents.privacy import retention
from tests import factories as make
from tests.files import photo, upload

LATER = make.NOW + timedelta(days=4 * 365)


def test_who_moved_out_long_ago_is_emptied(cast):
    home = make.household(cast.building)
    gone = make.resident(cast.building, name="离人", id_number=make.id_number())
    stays = make.resident(cast.building, name="在人")
    make.belonging(gone, home, Relation.TENANT, ends=make.NOW.date())
    make.belonging(stays, home)
    assert retention.forget(now=make.NOW)["people"] == 0
    assert retention.forget(now=LATER)["people"] == 1
    gone.refresh_from_db()
    assert (gone.name, gone.id_number, gone.id_index, gone.erased_at) == ("", "", None, LATER)
    assert retention.forget(now=LATER)["people"] == 0
    assert Person.objects.get(pk=stays.pk).name == "在人"


def test_a_guardian_stays_as_long_as_the_child(cast):
    guardian = make.resident(cast.building)
    child = make.resident(cast.building, guardian=guardian)
    make.belonging(child, make.household(cast.building), Relation.FAMILY)
    assert retention.forget(now=LATER)["people"] == 0


def test_papers_go_ninety_days_after_the_decision(cast):
    make.sensitive(cast)
    paper = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    one = claims.claim(
        household=make.household(cast.building), relation=Relation.OWNER, papers=[paper],
        agrees=True, by=cast.owner, now=make.NOW,
    )  # fmt: skip
    later = make.NOW + timedelta(days=91)
    assert retention.forget_papers(now=later) == 0
    claims.refuse(claim=one, reason="不清楚", by=cast.community_worker, now=make.NOW)
    assert retention.forget_papers(now=make.NOW + timedelta(days=89)) == 0
    assert [retention.forget_papers(now=later) for _time in range(2)] == [1, 0]
    assert not Attachment.objects.exists()
    assert Claim.objects.get() == one
