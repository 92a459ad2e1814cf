"""What went wrong on the resident's pages is said at its field, and nothing sent before is lost."""

import pytest

from orgs.models import Attachment
from residents.claims import claims, door_codes
from residents.enums import Relation
from residents.models import Claim
from tests import factories as make
from tests.files import photo, upload


@pytest.fixture
def home(cast):
    return make.household(cast.building, "501")


def test_a_wrong_door_code_is_a_line_at_the_field(cast, page, home):
    one = claims.claim(household=home, relation=Relation.TENANT, by=cast.owner, now=make.NOW)
    door_codes.letters(building=home.building, by=cast.community_worker, now=make.NOW)
    answer = page(cast.owner).post(f"/claims/{one.pk}/code/", {"code": "WRONGONE"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert f'aria-describedby="code-{one.pk}-error"' in text
    assert 'value="WRONGONE"' in text
    assert Claim.objects.get().wrong_codes == 1


def test_a_chosen_photo_survives_the_error_of_another_field(cast, page, home):
    make.sensitive(cast)
    address, browser = f"/my-home/claim/{home.code}/", page(cast.owner)
    body = {"relation": "tenant", "agrees": "on", "photo": upload(photo())}
    again = browser.post(address, body)
    assert again.status_code == 400
    assert list(again.context["form"].errors) == ["name"]
    kept = Attachment.objects.get()
    assert f'name="photo-kept" value="{kept.pk}"' in again.content.decode()
    body = {"relation": "tenant", "agrees": "on", "name": "沈先生", "photo-kept": str(kept.pk)}
    assert browser.post(address, body).status_code == 302
    assert list(Claim.objects.get().papers.all()) == [kept]


def test_nothing_is_stored_of_whoever_did_not_agree(cast, page, home):
    make.sensitive(cast)
    body = {"relation": "tenant", "photo": upload(photo())}
    assert page(cast.owner).post(f"/my-home/claim/{home.code}/", body).status_code == 400
    assert not Attachment.objects.exists()


def test_nobody_takes_anothers_kept_photo(cast, page, home):
    make.sensitive(cast)
    address = f"/my-home/claim/{home.code}/"
    body = {"relation": "tenant", "agrees": "on", "photo": upload(photo())}
    page(cast.owner).post(address, body)
    kept = Attachment.objects.get()
    body = {"relation": "tenant", "agrees": "on", "name": "某人", "photo-kept": str(kept.pk)}
    page(cast.neighbour).post(address, body)
    assert not Claim.objects.get().papers.exists()
