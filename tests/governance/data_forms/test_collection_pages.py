"""Pages and API of collections: the way of a form through everybody's pages, and who is turned away."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from governance.data_forms import jobs
from governance.data_forms.blanks import blanks
from governance.data_forms.catalogue import catalogue
from governance.data_forms.collections import collections
from governance.data_forms.enums import CollectionState, Ground, Subject
from governance.data_forms.models import (
    BlankForm,
    CatalogueForm,
    Collection,
    FilledRun,
    HandingConsent,
)
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.collection_factories import (
    HEADINGS,
    ID_NUMBER,
    WORDS,
    at_home,
    delivered,
    fill,
    opened,
    part,
    proposed,
    signed,
)
from tests.governance.data_forms.form_factories import NOW, blank, upload


def text_of(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def due() -> str:
    return str(timezone.localdate() + timedelta(days=7))


def asked_body(cast):
    return WORDS | {
        "name": "高龄津贴核对表", "file": upload(books.book("高龄津贴核对表", HEADINGS)),
        "street": cast.street.code, "communities": [cast.community.code], "due_on": due(),
        "repeats": "once", "subject": "person", "min_age": "60",
    }  # fmt: skip


def test_the_way_of_a_form_from_the_department_and_back(cast, page):
    at_home(cast)
    officer, street, community = (
        page(one) for one in (cast.housing_officer, cast.street_cadre, cast.community_worker)
    )
    assert "/collections/" in text_of(officer.get("/"))
    asking = text_of(officer.get("/collections/ask/"))
    assert 'value="sums"' not in asking
    # Of many streets each community stands below its own.
    assert f"<legend>{cast.street.short_name}</legend>" in asking
    answer = officer.post("/collections/ask/", asked_body(cast))
    collection = Collection.objects.get()
    start = f"/collections/{collection.pk}/"
    assert answer.headers["Location"] == start
    assert "还没有下发" in text_of(officer.get(start))
    assert "由社区补填" in text_of(officer.get(start))
    collection.form.columns.filter(field="").update(asked=False)
    assert "有意留空" in text_of(officer.get(start))
    collection.form.columns.filter(field="").update(asked=True)
    assert community.get(start).status_code == 404
    # The street reads what is proposed, and decides.
    text = text_of(street.get(f"{start}admit/"))
    assert 'name="ground_4"' in text
    grounds = {f"ground_{place}": "covered" for place in range(1, 7)} | {"ground_4": "none"}
    assert street.post(f"{start}admit/", grounds | {"days": "5"}).headers["Location"] == start
    fill(collection)
    own = part(collection, cast.community)
    row = f"/submissions/{own.pk}/"
    assert "高龄津贴核对表" in text_of(community.get("/collections/"))
    text = text_of(community.get(row))
    assert "张大爷" in text
    assert "有 1 个空格" in text
    assert f'href="/forms/{collection.form_id}/"' in text
    # Nothing is shown outside before it is signed off.
    assert "张大爷" not in text_of(street.get(row))
    assert officer.get(row).status_code == 404
    assert "还有 1 个空格没有填" in text_of(community.get(f"{row}sign/"))
    assert community.post(f"{row}sign/", {"minutes": "12"}).headers["Location"] == row
    text = text_of(street.get(row))
    assert "张大爷" in text
    assert "4211" not in text.split("<main", 1)[1]
    assert street.post(f"{row}send-back/", {"rows": "1", "reason": "住址不对"}).status_code == 302
    assert "住址不对" in text_of(community.get(f"{row}?only=sent-back"))
    assert community.post(f"{row}refill/").status_code == 302
    jobs.fill_submission(own.pk)
    assert community.post(f"{row}sign/", {"minutes": "3"}).status_code == 302
    # The asker gets nothing before the street delivers.
    assert "还没有交付" in text_of(officer.post(f"{start}copy/", {"purpose": "核对津贴"}), 400)
    assert street.post(f"{start}deliver/", {"text": ""}).status_code == 302
    answer = officer.post(f"{start}copy/", {"purpose": "核对津贴"})
    run = FilledRun.objects.get()
    assert answer.headers["Location"] == f"/forms/filled/{run.pk}/"
    jobs.fill_form(run.sheet.pk)
    assert f"/forms/filled/{run.pk}/" in text_of(officer.get(start))
    answer = officer.post(f"/forms/filled/{run.pk}/file/")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[3]][:4] == [1, "张大爷", "男", None]


def test_what_is_typed_wrongly_is_said_and_nothing_is_lost(cast, page):
    officer = page(cast.housing_officer)
    body = asked_body(cast) | {"legal_basis": "有"}
    text = text_of(officer.post("/collections/ask/", body), 400)
    assert "请写明要这张表的法律、规章或文件" in text
    assert "高龄津贴核对表" in text
    body = asked_body(cast) | {"file": upload(b"no workbook", "表.xlsx")}
    assert text_of(officer.post("/collections/ask/", body), 400)
    assert BlankForm.objects.count() == 0


def test_a_street_asks_for_its_own_form_and_another_admits_it(cast, page):
    form = blank(cast, books.book("花名册", ("姓名", "性别")))
    BlankForm.objects.filter(pk=form.pk).update(unit=cast.street)
    cadre = page(cast.street_cadre)
    assert "花名册" in text_of(cadre.get("/collections/ask/"))
    body = WORDS | {
        "form": form.pk, "communities": [cast.community.code, cast.sibling.code], "due_on": due(),
        "repeats": "month",
    }  # fmt: skip
    assert cadre.post("/collections/ask/", body).status_code == 302
    start = f"/collections/{Collection.objects.get().pk}/"
    assert cadre.post(f"{start}admit/", {"days": "5"}).status_code == 403
    body = {"days": "5", "ground_1": "covered", "ground_2": "none"}
    assert page(cast.street_leader).post(f"{start}admit/", body).status_code == 302
    entry = CatalogueForm.objects.get()
    assert catalogue.grounds_of(entry) == {1: "covered", 2: "none"}
    # From the catalogue it is asked at once.
    where = f"/form-catalogue/{entry.pk}/"
    assert "每月" in text_of(cadre.get(where))
    body = {"communities": [cast.community.code], "due_on": due()}
    assert cadre.post(f"{where}ask/", body).status_code == 302
    assert Collection.objects.first().state == "open"
    assert cadre.post(f"{where}end/", {"reason": "并入花名册"}).headers["Location"] == where
    assert "移出" in text_of(cadre.get(where))
    assert "花名册" in text_of(cadre.get("/form-catalogue/?ended=1"))


@pytest.mark.parametrize(
    ("who", "listed", "single", "rows"),
    [
        ("sibling_cadre", 200, 404, 404), ("urban_officer", 200, 404, 404),
        ("district_cadre", 200, 200, 404), ("housing_officer", 200, 200, 404),
        ("sibling_worker", 200, 200, 404), ("other_worker", 200, 404, 404),
        ("owner", 403, 404, 404), ("grid_worker", 403, 404, 404), ("admin", 403, 404, 404),
        ("auditor", 403, 404, 404),
    ],
)  # fmt: skip
def test_who_comes_in_by_an_address(cast, page, api, who, listed, single, rows):
    at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    browser = page(getattr(cast, who))
    found = [
        browser.get(address).status_code
        for address in (
            "/collections/", f"/collections/{collection.pk}/", f"/submissions/{own.pk}/",
            f"/form-catalogue/{collection.entry_id}/", "/form-catalogue/",
        )
    ]  # fmt: skip
    assert found == [listed, single, rows, single, listed]
    client = api(getattr(cast, who))
    for address, status in (
        (f"/api/v1/collections/{collection.pk}/", single), (f"/api/v1/submissions/{own.pk}/", rows),
    ):  # fmt: skip
        assert client.get(address).status_code == status
    for address in ("sign/", "send-back/", "refill/", "consents/", "consents/withdraw/"):
        body = {"minutes": 1, "rows": [1], "reason": "不对", "given_on": str(NOW.date())}
        answer = client.post(f"/api/v1/submissions/{own.pk}/{address}", body, format="json")
        # A superuser sees every row, and may do nothing with it.
        assert answer.status_code == (
            403 if who == "admin" and address[:6] in ("refill", "consen") else 404
        )
    seen = {one["id"] for one in client.get("/api/v1/collections/").json()["results"]}
    assert seen == ({collection.pk} if single == 200 else set())
    assert not [
        one for one in client.get("/api/v1/submissions/").json()["results"] if one["id"] == own.pk
    ]


def test_the_burden_is_for_streets_and_districts(cast, page):
    signed(cast, opened(cast))
    for who, status in (
        ("district_cadre", 200), ("street_cadre", 200), ("housing_officer", 403), ("owner", 403),
        ("community_worker", 403),
    ):  # fmt: skip
        assert page(getattr(cast, who)).get("/form-catalogue/burden/").status_code == status
    assert "trend-data" in text_of(page(cast.street_cadre).get("/form-catalogue/burden/"))


def test_consents_are_ticked_on_the_page(cast, page):
    at_home(cast)
    collection = opened(cast, grounds={ID_NUMBER: Ground.CONSENT})
    own = part(collection, cast.community)
    browser = page(cast.community_worker)
    assert 'name="row"' in text_of(browser.get(f"/submissions/{own.pk}/"))
    assert browser.post(f"/submissions/{own.pk}/consent/", {"row": ["1"]}).status_code == 302
    assert HandingConsent.objects.count() == 1
    assert "已同意" in text_of(browser.get(f"/submissions/{own.pk}/"))
    assert page(cast.sibling_worker).post(f"/submissions/{own.pk}/consent/").status_code == 404


@pytest.mark.parametrize("only", ["changed", "sent-back", "nonsense"])
def test_odd_addresses_are_answered(cast, page, only):
    at_home(cast)
    own = part(opened(cast), cast.community)
    browser = page(cast.community_worker)
    assert browser.get(f"/submissions/{own.pk}/", {"only": only}).status_code == 200
    for address in ("/collections/?state=x", "/collections/?after=99999999999999999999"):
        assert browser.get(address).status_code in (200, 404)
    assert browser.get(f"/submissions/{own.pk}/nothing/").status_code == 404


# --- The API -------------------------------------------------------------------------------------


def test_the_whole_course_over_the_api(cast, api):
    at_home(cast)
    form = blank(cast, books.book("花名册", HEADINGS))
    BlankForm.objects.filter(pk=form.pk).update(unit=cast.street)
    street, leader, community = (
        api(one) for one in (cast.street_cadre, cast.street_leader, cast.community_worker)
    )
    body = WORDS | {
        "street": cast.street.code, "communities": [cast.community.code], "form": form.pk,
        "due_on": due(),
    }  # fmt: skip
    answer = street.post("/api/v1/collections/", body, format="json")
    assert answer.status_code == 201
    start = f"/api/v1/collections/{answer.json()['id']}/"
    assert answer.json()["available_actions"] == ["withdraw"]
    assert leader.get(start).json()["available_actions"] == ["admit", "refuse", "withdraw"]
    answer = leader.post(f"{start}admit/", {"grounds": {"3": "none"}, "days": 5}, format="json")
    assert answer.status_code == 200
    assert answer.json()["covered"] == {
        "1": "covered",
        "2": "covered",
        "5": "covered",
        "6": "covered",
    }
    fill(Collection.objects.get())
    [own] = community.get("/api/v1/submissions/").json()["results"]
    row = f"/api/v1/submissions/{own['id']}/"
    answer = community.post(f"{row}sign/", {"minutes": 4}, format="json")
    assert (answer.status_code, answer.json()["state"], answer.json()["minutes"]) == (
        200,
        "signed",
        4,
    )
    answer = street.post(f"{row}send-back/", {"rows": [1], "reason": "住址不对"}, format="json")
    assert answer.json()["state"] == "returned"
    assert community.post(f"{row}sign/", {"minutes": 2}, format="json").status_code == 200
    assert street.post(f"{start}deliver/", {}, format="json").json()["state"] == "delivered"
    answer = street.post(f"{start}copies/", {"purpose": "核对津贴"}, format="json")
    assert (answer.status_code, answer.json()["collection"]) == (201, answer.json()["collection"])
    [entry] = street.get("/api/v1/form-catalogue/").json()["results"]
    assert (entry["cost"]["minutes"], entry["cost"]["submissions"]) == (2, 1)
    where = f"/api/v1/form-catalogue/{entry['id']}/"
    body = {"communities": [cast.community.code], "due_on": due()}
    assert street.post(f"{where}ask/", body, format="json").json()["state"] == "open"
    assert street.post(f"{where}end/", {"reason": "并入"}, format="json").status_code == 200
    answer = street.post(f"{where}ask/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "form_ended")


def test_bodies_that_are_none_are_problems(cast, api):
    at_home(cast)
    collection = proposed(cast)
    street = api(cast.street_cadre)
    start = f"/api/v1/collections/{collection.pk}/"
    for grounds in ({"x": "covered"}, {"4": "all"}, {"99": "covered"}, [], {"-1": "none"}):
        answer = street.post(f"{start}admit/", {"grounds": grounds}, format="json")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), (
            grounds
        )
    everything = {str(place): "none" for place in range(1, 7)}
    answer = street.post(f"{start}admit/", {"grounds": everything}, format="json")
    assert answer.json()["code"] == "nothing_covered"
    answer = street.post(f"{start}deliver/", {}, format="json")
    assert (answer.status_code, answer.json()["collection_state"]) == (409, "proposed")
    # A form out of sight is no form.
    body = WORDS | {
        "street": cast.street.code, "communities": [cast.community.code],
        "form": collection.form_id, "due_on": due(),
    }  # fmt: skip
    assert (
        api(cast.urban_officer).post("/api/v1/collections/", body, format="json").status_code == 400
    )


def test_pages_and_lists_take_a_fixed_number_of_statements(cast, page, api):
    at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    street, community = page(cast.street_cadre), page(cast.community_worker)
    client = api(cast.street_cadre)

    def counts():
        found = []
        for browser, address in (
            (street, "/collections/"), (street, f"/collections/{collection.pk}/"),
            (street, "/form-catalogue/"), (community, f"/submissions/{own.pk}/"),
            (client, "/api/v1/collections/"), (client, "/api/v1/submissions/"),
            (client, "/api/v1/form-catalogue/"),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                browser.get(address)
            found.append((address, len(queries)))
        return found

    signed(cast, collection)
    counts()
    few = counts()
    for number in range(3):
        at_home(cast, f"老人{number}")
        delivered_one = opened(cast, name=f"表{number}")
        signed(cast, delivered_one)
        delivered(cast, delivered_one)
    assert counts() == few


def test_a_form_that_was_taken_off_is_proposed_anew_on_its_page_and_over_the_api(cast, page):
    entry = opened(cast).entry
    where = f"/form-catalogue/{entry.pk}/"
    assert not page(cast.housing_officer).get(where).context["may_propose"]
    catalogue.end(entry=entry, reason="并入", by=cast.street_cadre, now=NOW)
    officer = page(cast.housing_officer)
    assert f"{where}propose/" in text_of(officer.get(where))
    shown = officer.get(f"{where}propose/").context["form"]
    assert shown.initial["legal_basis"] == entry.legal_basis
    body = WORDS | {
        "communities": [cast.community.code], "due_on": due(), "repeats": "once",
    }  # fmt: skip
    answer = officer.post(f"{where}propose/", body)
    again = Collection.objects.get(state=CollectionState.PROPOSED)
    assert (answer.status_code, answer.url) == (302, f"/collections/{again.pk}/")
    collections.withdraw(collection=again, reason="试一试", by=cast.housing_officer, now=NOW)
    answer = officer.post(f"/api/v1{where}propose/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["department"]) == (201, "housing")
    assert text_of(officer.get(where)).count(f"{where}propose/") == 0


def test_a_department_asks_over_the_api_with_its_workbook(cast, api):
    """All that the page asks for, and the same use-case."""
    sibling = {cast.community.code, cast.sibling.code}
    body = asked_body(cast) | {"sex": "female", "care": "", "repeats": "month"}
    body.pop("communities")
    answer = api(cast.housing_officer).post("/api/v1/collections/", body, format="multipart")
    assert (answer.status_code, answer.json()["department"]) == (201, "housing")
    row = Collection.objects.get()
    assert (row.form.name, row.form.subject, row.repeats) == ("高龄津贴核对表", "person", "month")
    assert (row.form.filters["min_age"], row.form.filters["sex"]) == (60, "female")
    assert row.form.filters["unit"] == cast.street.code
    assert set(row.communities.values_list("code", flat=True)) == sibling
    start = f"/api/v1/collections/{row.pk}/"
    assert api(cast.housing_officer).get(start).json()["available_actions"] == ["withdraw"]
    # What is no workbook, and what is neither a form nor a file.
    for sent, status in (
        ({"file": upload(b"x")}, 400), ({"file": ""}, 400), ({"subject": "sums"}, 400),
        ({"street": cast.other_street.code}, 400),
    ):  # fmt: skip
        answer = api(cast.housing_officer).post(
            "/api/v1/collections/", asked_body(cast) | sent, format="multipart"
        )
        assert answer.status_code == status
    answer = api(cast.community_worker).post(
        "/api/v1/collections/", asked_body(cast), format="multipart"
    )
    assert answer.status_code == 403
    assert Collection.objects.count() == 1


def test_the_burden_over_the_api(cast, api):
    opened(cast)
    months = api(cast.street_cadre).get("/api/v1/form-catalogue/burden/").json()
    assert (len(months), sum(one["forms"] for one in months)) == (12, 1)
    assert api(cast.community_worker).get("/api/v1/form-catalogue/burden/").status_code == 403


def test_communities_of_several_streets_stand_below_their_street(cast, page):
    text = text_of(page(cast.housing_officer).get("/collections/ask/"))
    for street, community in (
        (cast.street, cast.community), (cast.other_street, cast.other_community),
    ):  # fmt: skip
        begin = text.index(f"<legend>{street.short_name}</legend>")
        own = text[begin : text.index("</fieldset>", begin)]
        assert (community.code in own, own.count("checkbox")) == (
            True, street.get_children().count(),
        )  # fmt: skip
    # A street that asks has its own alone, without a heading.
    own = blank_of_street(cast)
    text = text_of(page(cast.street_cadre).get("/collections/ask/"))
    assert own.name in text
    assert (cast.community.code in text, f"<legend>{cast.street.short_name}</legend>" in text) == (
        True, False,
    )  # fmt: skip


def blank_of_street(cast):
    return blanks.add(
        unit=cast.street, name="街道表", subject=Subject.PERSON,
        file=upload(books.book("表", HEADINGS)), by=cast.street_cadre, now=NOW,
    )  # fmt: skip
