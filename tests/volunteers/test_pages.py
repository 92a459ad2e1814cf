"""The pages of members, posts and contacts, as those who work with them see them."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from orgs.models import AuditEntry
from residents.models import Visit
from tests import factories as make
from volunteers.enums import BuildingRole, MemberClass, RoleSetCode
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership, RoleSetChoice

PHONE = "13900001234"


@pytest.fixture
def member(cast):
    """A member whose number nobody should see."""
    person = make.resident(cast.building, name="钱一二", phone=PHONE, id_number=make.id_number())
    return make.membership(person, cast.branch)


# --- The roster ----------------------------------------------------------------------------------


def test_a_member_is_entered_from_the_roll_and_moved_through_the_classes(page, cast):
    make.resident(cast.building, name="钱一二", phone=PHONE)
    client = page(cast.secretary)
    body = {
        "organisation": cast.branch.pk, "name": "钱一二", "number": "13999999999",
        "member_class": "in_service",
    }  # fmt: skip
    refused = client.post("/party-members/add/", body)
    assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"number"})
    answer = client.post("/party-members/add/", body | {"number": PHONE})
    first = PartyMembership.objects.get()
    assert answer["Location"] == f"/party-members/{first.pk}/"
    address = f"/party-members/{first.pk}/change-class/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"member_class": "in_service"}).status_code == 400
    answer = client.post(address, {"member_class": "retired"}, follow=True)
    text = answer.content.decode()
    for shown in ("在职党员", "离退休党员", "类别变更"):
        assert shown in text
    second = PartyMembership.objects.get(ends=None)
    client.post(f"/party-members/{second.pk}/end/", {"on": timezone.localdate().isoformat()})
    assert not PartyMembership.objects.filter(ends=None).exists()
    assert client.post(f"/party-members/{second.pk}/end/", {"on": "2099-01-01"}).status_code == 400


def test_a_member_is_transferred_by_who_keeps_both(page, cast, member):
    there = make.branch([cast.other_compound])
    address = f"/party-members/{member.pk}/transfer/"
    assert page(cast.secretary).post(address, {"organisation": there.pk}).status_code == 400
    page(cast.community_worker).post(address, {"organisation": there.pk})
    assert PartyMembership.objects.get(ends=None).organisation == there


def test_a_member_is_shown_without_households_of_other_places(page, cast, member):
    far = make.unit(make.unit(cast.other_community, name="远方小区"), name="9栋")
    make.link(cast, member.person, make.household(far, "901"))
    make.link(cast, member.person, make.household(cast.building, "501"))
    text = page(cast.secretary).get(f"/party-members/{member.pk}/").content.decode()
    assert ("501" in text, "901" in text) == (True, False)


def test_the_list_is_filtered_and_masked(page, cast, member):
    make.membership(make.resident(cast.building, name="孙二"), cast.branch, member_class="mobile")
    client = page(cast.community_worker)
    text = client.get("/party-members/", {"unit": cast.compound.code}).content.decode()
    for shown in ("钱一二", "孙二", "139****1234"):
        assert shown in text
    text = client.get("/party-members/", {"member_class": "mobile"}).content.decode()
    assert "钱一二" not in text
    for address in ("/party-members/", f"/party-members/{member.pk}/"):
        text = client.get(address).content.decode()
        assert PHONE not in text
        assert member.person.id_number not in text


@pytest.mark.parametrize(
    ("who", "lists", "opens"),
    [("secretary", 200, 200), ("street_leader", 200, 200), ("grid_worker", 403, 404),
     ("property_clerk", 403, 404), ("district_cadre", 403, 404), ("sibling_cadre", 200, 404),
     ("sibling_worker", 200, 404), ("owner", 403, 404)],
)  # fmt: skip
def test_who_opens_the_roster(page, cast, member, who, lists, opens):
    client = page(getattr(cast, who))
    assert client.get("/party-members/").status_code == lists
    assert client.get("/party-members/export/").status_code == lists
    assert client.get(f"/party-members/{member.pk}/").status_code == opens
    if lists == 200 and opens == 404:
        assert client.get("/party-members/").context["page"].rows == []


@pytest.mark.parametrize("step", ["change-class", "transfer", "end"])
def test_a_reader_takes_no_step(page, cast, member, step):
    address = f"/party-members/{member.pk}/{step}/"
    assert page(cast.street_leader).get(address).status_code == 403
    assert page(cast.sibling_cadre).post(address, {"on": "2026-03-10"}).status_code == 404


def workbook(answer):
    content = b"".join(answer.streaming_content)
    sheet = load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_roster_as_a_workbook_is_scoped_masked_harmless_and_audited(page, cast, member):
    member.person.name = "=HYPERLINK(1)"
    member.person.save()
    make.membership(
        make.resident(cast.other_community, name="别处"), make.branch([cast.other_community])
    )
    headings, *rows = workbook(page(cast.secretary).get("/party-members/export/"))
    assert headings[:3] == ["姓名", "身份证号", "联系电话"]
    [row] = rows
    assert row[0] == "'=HYPERLINK(1)"
    assert row[2] == "139****1234"
    assert member.person.id_number not in str(row)
    entry = AuditEntry.objects.get(action="volunteers.export-members")
    assert (entry.actor, entry.detail["rows"]) == ("secretary", 1)


# --- Posts ---------------------------------------------------------------------------------------


def test_a_gap_is_seen_filled_and_emptied(page, cast):
    client = page(cast.community_worker)
    address = f"/units/{cast.building.code}/posts/"
    text = client.get(address).content.decode()
    assert f"{address}fill/head/" in text
    assert f"{address}fill/grid/" not in text
    assert client.get(f"{address}fill/head/").status_code == 200
    client.post(f"{address}fill/head/", {"name": "钱楼长"})
    assert client.post(f"{address}fill/head/", {"name": "孙楼长"}).status_code == 400
    post = BuildingPost.objects.get()
    assert "钱楼长" in client.get(f"/units/{cast.compound.code}/posts/").content.decode()
    end = f"/building-posts/{post.pk}/end/"
    assert client.get(end).status_code == 200
    client.post(end, {"on": timezone.localdate().isoformat()})
    post.refresh_from_db()
    assert post.ends == timezone.localdate()


def test_a_centre_household_and_another_post(page, cast):
    home = make.household(cast.building, "501")
    client, address = page(cast.secretary), f"/units/{cast.building.code}/posts/fill/"
    assert client.post(f"{address}centre/", {"household": "0"}).status_code == 400
    client.post(f"{address}centre/", {"household": home.pk})
    client.post(f"{address}other/", {"title": "楼顶菜园", "name": "孙二"})
    text = client.get(f"/units/{cast.building.code}/posts/").content.decode()
    for shown in ("501", "楼顶菜园", "孙二"):
        assert shown in text
    assert client.get(f"{address}nothing/").status_code == 404


@pytest.mark.parametrize(
    ("who", "opens", "names", "fills"),
    [("grid_worker", 200, True, 403), ("street_cadre", 200, True, 403),
     ("district_cadre", 200, False, 403), ("property_clerk", 403, False, 403),
     ("sibling_cadre", 403, False, 403), ("owner", 403, False, 403)],
)  # fmt: skip
def test_who_opens_the_report_of_gaps(page, cast, who, opens, names, fills):
    post = make.post(cast.building, BuildingRole.HEAD, name="钱楼长")
    client, address = page(getattr(cast, who)), f"/units/{cast.building.code}/posts/"
    answer = client.get(address)
    assert answer.status_code == opens
    assert ("钱楼长" in answer.content.decode()) is names
    assert client.get(f"{address}export/").status_code == (200 if names else 403)
    assert client.post(f"{address}fill/health/", {"name": "某"}).status_code == fills
    ends = client.post(f"/building-posts/{post.pk}/end/", {"on": "2026-03-10"}).status_code
    assert ends == (403 if names else 404)
    assert client.get(f"/units/{cast.compound.code}/posts/set/").status_code == (
        200 if who == "street_cadre" else 403
    )


def test_gaps_lead_down_by_clicks(page, cast):
    client = page(cast.street_cadre)
    for unit, below in ((cast.street, cast.community), (cast.community, cast.compound)):
        text = client.get(f"/units/{unit.code}/posts/").content.decode()
        assert f"/units/{below.code}/posts/" in text
        assert "网格管理员" not in text
        assert "楼栋长 0/1" in text


def test_a_set_is_chosen(page, cast):
    client = page(cast.street_cadre)
    client.post(f"/units/{cast.street.code}/posts/set/", {"code": "two_four_x"})
    assert RoleSetChoice.objects.get().code == RoleSetCode.TWO_FOUR_X
    text = client.get(f"/units/{cast.building.code}/posts/").content.decode()
    assert "调解员" in text
    assert "治安委员" not in text


def test_the_report_as_a_workbook(page, cast):
    make.post(cast.building, BuildingRole.HEAD, name="钱楼长")
    answer = page(cast.community_worker).get(f"/units/{cast.street.code}/posts/export/")
    assert answer.status_code == 403
    answer = page(cast.community_worker).get(f"/units/{cast.community.code}/posts/export/")
    rows = {row[1]: row[2] for row in workbook(answer)}
    assert rows["楼栋长"] == "钱楼长"
    assert rows["卫生委员"] == "空缺"
    assert AuditEntry.objects.filter(action="volunteers.export-posts").count() == 1


def test_the_centre_households_of_a_community_are_a_list_that_can_be_fetched(page, cast):
    home = make.household(cast.building, "501")
    make.post(cast.building, BuildingRole.CENTRE, household=home)
    make.post(cast.building, BuildingRole.HEAD, name="钱楼长")
    make.post(cast.building, BuildingRole.OTHER, title="楼道图书", name="孙图书")
    far = make.unit(make.unit(cast.sibling), name="9栋")
    make.post(far, BuildingRole.CENTRE, household=make.household(far, "909"))
    client = page(cast.community_worker)
    address = f"/units/{cast.community.code}/posts/holders/"
    shown = client.get(f"/units/{cast.community.code}/", {"tab": "service"}).content.decode()
    assert f"{address}?role=centre" in shown
    assert address in client.get(f"/units/{cast.community.code}/posts/").content.decode()
    answer = client.get(address, {"role": "centre"})
    assert [post.household for post in answer.context["page"].rows] == [home]
    assert f"/households/{home.code}/" in answer.content.decode()
    assert len(client.get(address).context["page"].rows) == 3
    assert client.get(address, {"role": "nothing"}).status_code == 200
    fetched = client.get(f"/units/{cast.community.code}/posts/export/", {"role": "centre"})
    assert [row[1:] for row in workbook(fetched)][1:] == [["党员中心户", "501"]]
    everything = client.get(f"/units/{cast.community.code}/posts/export/")
    assert ["楼道图书", "孙图书"] in [row[1:] for row in workbook(everything)]


@pytest.mark.parametrize(
    ("who", "status"),
    [("grid_worker", 200), ("secretary", 200), ("street_cadre", 200), ("sibling_worker", 403),
     ("district_cadre", 403), ("owner", 403), ("auditor", 403)],
)  # fmt: skip
def test_who_reads_the_holders_of_posts(page, cast, who, status):
    address = f"/units/{cast.compound.code}/posts/holders/?role=centre"
    assert page(getattr(cast, who)).get(address).status_code == status


# --- Contacts ------------------------------------------------------------------------------------


def test_doors_are_coloured_and_dealt_out(page, cast, member):
    covered, bare = make.household(cast.building, "101"), make.household(cast.building, "102")
    link = make.link(cast, member.person, covered)
    client, address = page(cast.secretary), f"/units/{cast.building.code}/contacts/"
    text = client.get(address).content.decode()
    assert f"/contacts/{link.pk}/end/" in text
    assert f"/households/{bare.code}/contact/" in text
    assert client.get(f"{address}deal/").status_code == 200
    assert client.post(f"{address}deal/", {"entrance": ""}).status_code == 400
    client.post(f"{address}deal/", {"contact": [member.pk]})
    assert bare.links.get().person == member.person


def test_one_door_is_given_and_taken_back(page, cast, member):
    home = make.household(cast.building, "101")
    client, address = page(cast.community_worker), f"/households/{home.code}/contact/"
    assert client.get(address).status_code == 200
    client.post(address, {"contact": member.pk})
    assert client.post(address, {"contact": member.pk}).status_code == 400
    link = HouseholdLink.objects.get()
    client.post(f"/contacts/{link.pk}/end/", {"on": timezone.localdate().isoformat()})
    link.refresh_from_db()
    assert link.ends == timezone.localdate()


@pytest.mark.parametrize(
    ("who", "opens", "named", "assigns"),
    [("street_cadre", 200, True, 403), ("district_cadre", 200, False, 403),
     ("grid_worker", 403, False, 403), ("property_clerk", 403, False, 404),
     ("sibling_cadre", 403, False, 404), ("owner", 403, False, 404)],
)  # fmt: skip
def test_who_opens_the_contacts(page, cast, member, who, opens, named, assigns):
    home = make.household(cast.building, "101")
    link = make.link(cast, member.person, home)
    client = page(getattr(cast, who))
    answer = client.get(f"/units/{cast.building.code}/contacts/")
    assert answer.status_code == opens
    assert ("钱一二" in answer.content.decode()) is named
    assert client.get(f"/households/{home.code}/contact/").status_code == assigns
    assert client.get(f"/units/{cast.building.code}/contacts/deal/").status_code == 403
    ends = client.post(f"/contacts/{link.pk}/end/", {"on": "2026-03-10"}).status_code
    assert ends == (403 if named else 404)
    make.household(cast.building, "102")
    sheet = client.get(f"/units/{cast.compound.code}/contacts/export/")
    assert sheet.status_code == opens
    if opens == 200:
        rows = load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active
        shown = [row[1:3] for row in rows.iter_rows(min_row=2, values_only=True)]
        assert shown == [("101", "钱一二" if named else "已有联系人"), ("102", "未联系")]
        entry = AuditEntry.objects.get(action="volunteers.export-contacts")
        assert entry.detail == {"rows": 2}


def test_a_contacts_own_page_tells_no_more_than_needed(page, cast):
    home = make.household(cast.building, "101")
    owner = make.resident(cast.building, name="沈一二", phone=PHONE, id_number=make.id_number())
    make.belonging(owner, home)
    link = make.link(cast, make.contact(cast, account=cast.member), home)
    client = page(cast.member)
    text = client.get("/my-households/").content.decode()
    for shown in ("101", "沈**", "139****1234", "1 人", "还没有走访"):
        assert shown in text
    for hidden in ("沈一二", PHONE, owner.id_number, "89.50"):
        assert hidden not in text
    address = f"/my-households/{link.pk}/visit/"
    body = {"on": timezone.localdate().isoformat(), "text": "身体好", "event_id": str(uuid4())}
    assert client.get(address).status_code == 200
    for _twice in range(2):
        assert client.post(address, body).status_code == 302
    assert Visit.objects.get().by == cast.member
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert client.post(address, body | {"on": tomorrow}).status_code == 400
    assert page(cast.owner).get(address).status_code == 404
    assert client.get(f"/households/{home.code}/").status_code == 404


def test_an_empty_own_page_says_how_it_fills(page, cast):
    assert "还没有您联系的住户" in page(cast.member).get("/my-households/").content.decode()


# --- Unit pages ----------------------------------------------------------------------------------


def values_of(answer):
    found = [one for one in answer.context["panels"] if one.template.startswith("volunteers/")]
    return found[0].values if found else None


def test_a_unit_shows_classes_gaps_and_coverage(page, cast, member):
    make.link(cast, member.person, make.household(cast.building))
    answer = page(cast.street_cadre).get(f"/units/{cast.community.code}/", {"tab": "service"})
    values = values_of(answer)
    counts = {share.member_class: share.count for share in values.classes}
    assert counts == dict.fromkeys(MemberClass, 0) | {MemberClass.BRANCH: 1}
    assert (values.staff.seats, values.staff.filled_seats) == (8, 2)
    assert (values.links.households, values.links.covered) == (1, 1)
    text = answer.content.decode()
    for address in ("posts", "contacts"):
        assert f"/units/{cast.community.code}/{address}/" in text


def test_a_grid_worker_sees_posts_without_members(page, cast, member):
    address, tab = f"/units/{cast.building.code}/", {"tab": "service"}
    values = values_of(page(cast.grid_worker).get(address, tab))
    assert (values.classes, values.links) == (None, None)
    assert values.staff.seats == 8
    for who in (cast.owner, cast.property_clerk, cast.sibling_cadre):
        assert values_of(page(who).get(address, tab)) is None


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(page, cast, rows, django_assert_max_num_queries):
    building = make.unit(cast.compound)
    for number in range(rows):
        make.unit(cast.compound)
        member = make.contact(cast)
        make.post(building, BuildingRole.OTHER, title=f"岗位{number}")
        home = make.household(cast.building, f"{100 + number}")
        make.belonging(make.resident(cast.building), home)
        make.link(cast, member, home)
    mine = make.contact(cast, account=cast.member)
    for number in range(min(rows, 10)):
        make.link(cast, mine, make.household(cast.building, f"{200 + number}"))
    for who, address, statements in (
        (cast.secretary, "/party-members/", 12),
        (cast.community_worker, f"/units/{cast.compound.code}/posts/", 26),
        (cast.community_worker, f"/units/{cast.community.code}/posts/", 26),
        (cast.community_worker, f"/units/{cast.community.code}/posts/holders/", 16),
        (cast.secretary, f"/units/{cast.building.code}/contacts/", 16),
        (cast.secretary, f"/units/{cast.building.code}/contacts/deal/", 16),
        (cast.community_worker, f"/units/{cast.compound.code}/contacts/", 16),
        (cast.member, "/my-households/", 12),
    ):
        client = page(who)
        client.get(address)
        with django_assert_max_num_queries(statements):
            client.get(address)
