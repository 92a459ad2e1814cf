"""The API of forms: the same scope, masking and purposes as the pages."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.data_forms import jobs
from governance.data_forms.enums import Subject
from governance.data_forms.models import BlankForm, FilledRun, SavedList
from orgs.models import AuditEntry
from tests import factories as make
from tests.governance.data_forms import sum_workbooks as sums
from tests.governance.data_forms.blank_workbooks import FORMS, book
from tests.governance.data_forms.form_factories import blank, filled, sheet_of, upload

BASE = "/api/v1"


@pytest.fixture
def old_man(cast):
    person = make.resident(cast.building, name="张大爷", id_number=make.id_number("19400101"))
    make.belonging(person, make.household(cast.building))
    return person


def send(client, cast, workbook, subject="person", **more):
    body = {"name": "表", "unit": cast.community.code, "subject": subject, "file": upload(workbook)}
    return client.post(f"{BASE}/blank-forms/", body | more, format="multipart")


def post(client, path, body=None):
    return client.post(f"{BASE}{path}", body or {}, format="json")


def test_a_form_is_sent_matched_filled_and_fetched(cast, api, old_man):
    client = api(cast.community_worker)
    made = send(client, cast, book("高龄津贴", ("序号", "姓名", "年龄", "户籍性质")))
    assert made.status_code == 201, made.data
    assert [column["field"] for column in made.data["columns"]] == [
        "serial", "person.name", "person.age", "",
    ]  # fmt: skip
    start = f"/blank-forms/{made.data['id']}/"
    chosen = post(client, f"{start}fields/", {"fields": {"4": "person.home_state"}})
    assert (chosen.status_code, chosen.data["columns"][3]["says"]) == (200, "房屋性质")
    rows = post(client, f"{start}rows/", {"unit": cast.community.code, "min_age": 80})
    assert (rows.status_code, rows.data["listed"]) == (200, "80 岁以上、现住、西湖社区")
    shown = client.get(f"{BASE}{start}preview/")
    assert (shown.data["total"], shown.data["rows"][0][1]) == (1, "张大爷")
    assert client.get(f"{BASE}/blank-forms/").data["results"][0]["id"] == made.data["id"]
    assert client.get(f"{BASE}{start}").data["columns"] == chosen.data["columns"]
    assert post(client, f"{start}fill/", {"purpose": "x"}).status_code == 400
    run = post(client, f"{start}fill/", {"purpose": "民政局核对"})
    assert (run.status_code, run.data["state"], run.data["total"]) == (201, "waiting", 1)
    path = f"{BASE}/filled-forms/{run.data['id']}/"
    assert client.get(f"{path}file/").status_code == 409
    jobs.fill_form(FilledRun.objects.get().sheet.pk)
    assert client.get(path).data["state"] == "ready"
    file = client.get(f"{path}file/")
    assert load_workbook(BytesIO(file.content)).active["B3"].value == "张大爷"
    assert AuditEntry.objects.filter(action="data_forms.fetch-form").count() == 1
    assert api(cast.street_cadre).get(f"{path}file/").status_code == 404


def test_a_form_that_counts_answers_its_numbers_and_who_is_behind_them(cast, api, old_man):
    client = api(cast.community_worker)
    made = send(client, cast, sums.pairs(), "sums")
    start = f"/blank-forms/{made.data['id']}/"
    parts = {part["text"]: part for part in client.get(f"{BASE}{start}parts/").data}
    assert (parts["常住人口"]["says"], parts["辖区餐饮店数"]["kind"]) == ("全部（人员）", "none")
    body = {"row": 4, "column": 6, "kind": "count", "subject": "household", "state": "shop"}
    chosen = post(client, f"{start}parts/", body)
    assert (chosen.status_code, chosen.data["says"]) == (200, "住户：商铺")
    cells = {cell["text"]: cell for cell in client.get(f"{BASE}{start}numbers/").data["cells"]}
    assert (cells["常住人口"]["value"], cells["辖区餐饮店数"]["value"]) == (1, 0)
    behind = client.get(f"{BASE}{start}numbers/3/2/")
    assert (behind.data["total"], behind.data["rows"][0][0]) == (1, "张大爷")
    assert client.get(f"{BASE}{start}numbers/99/2/").status_code == 400
    preview = client.get(f"{BASE}{start}preview/")
    assert (preview.status_code, preview.data["code"]) == (400, "sums")


def test_a_list_is_saved_read_and_fetched(cast, api, old_man):
    client = api(cast.community_worker)
    made = post(
        client, "/saved-lists/",
        {"name": "高龄", "unit": cast.community.code, "subject": "person"},
    )  # fmt: skip
    assert made.status_code == 201, made.data
    start = f"/saved-lists/{made.data['id']}/"
    body = {
        "unit": cast.community.code,
        "min_age": 80,
        "columns": ["person.name", "person.id_number"],
    }
    assert post(client, f"{start}rows/", body).data["listed"] == "80 岁以上、现住、西湖社区"
    read = client.get(f"{BASE}{start}entries/")
    assert read.data["headings"] == ["姓名", "身份证号"]
    assert (read.data["rows"][0][0], read.data["next"]) == ("张大爷", None)
    assert old_man.id_number not in str(read.data)
    assert post(client, f"{start}file/").status_code == 400
    file = post(client, f"{start}file/", {"purpose": "民政局核对"})
    book_ = load_workbook(BytesIO(b"".join(file.streaming_content)))
    assert book_.active["B2"].value == "张大爷"
    assert client.get(f"{BASE}{start}").data["name"] == "高龄"
    assert api(cast.sibling_worker).delete(f"{BASE}{start}").status_code == 404
    assert client.delete(f"{BASE}{start}").status_code == 204
    assert not SavedList.objects.exists()


@pytest.mark.parametrize(
    "who", ["sibling_worker", "sibling_cadre", "owner", "urban_officer", "auditor"]
)
def test_others_reach_nothing(cast, api, old_man, who):
    form = blank(cast, FORMS["高龄津贴花名册"][0]())
    client = api(getattr(cast, who))
    start = f"/blank-forms/{form.pk}/"
    for path in ("", "preview/", "numbers/", "numbers/1/1/", "parts/"):
        assert client.get(f"{BASE}{start}{path}").status_code == 404
    for path in ("fields/", "rows/", "parts/", "fill/"):
        assert post(client, f"{start}{path}").status_code == 404
    assert client.get(f"{BASE}/blank-forms/").data["results"] == []
    assert client.get(f"{BASE}/saved-lists/").data["results"] == []
    assert send(client, cast, FORMS["高龄津贴花名册"][0]()).status_code == 403
    body = {"name": "高龄", "unit": cast.community.code, "subject": "person"}
    assert post(client, "/saved-lists/", body).status_code == 403
    assert (BlankForm.objects.count(), SavedList.objects.count()) == (1, 0)


def test_being_an_administrator_fills_nothing(cast, api, old_man):
    form = blank(cast, FORMS["高龄津贴花名册"][0]())
    client = api(cast.admin)
    assert client.get(f"{BASE}/blank-forms/{form.pk}/preview/").status_code == 403
    for path, body in (
        ("fill/", {"purpose": "看看里面"}), ("rows/", {"unit": cast.community.code}),
        ("fields/", {"fields": {"1": ""}}),
    ):  # fmt: skip
        assert post(client, f"/blank-forms/{form.pk}/{path}", body).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("rows/", {}), ("rows/", {"unit": "nowhere"}), ("rows/", {"min_age": -1}),
        ("rows/", {"care": "x"}), ("fields/", {"fields": {"x": "person.name"}}),
        ("fields/", {"fields": {"99999": ""}}), ("fields/", {"fields": 1}), ("fields/", []),
        ("fields/", {"fields": {"1": "community.people"}}), ("fill/", {}),
        ("parts/", {"row": -1, "column": 0, "kind": "count"}), ("parts/", {"kind": "x"}),
        ("parts/", {"row": 2, "column": 2, "kind": "count", "subject": "sums"}),
    ],
)  # fmt: skip
def test_what_is_sent_wrongly_is_a_problem_in_words(cast, api, old_man, path, body):
    subject = Subject.SUMS if path == "parts/" else Subject.PERSON
    client = api(cast.community_worker)
    workbook = sums.pairs() if path == "parts/" else FORMS["高龄津贴花名册"][0]()
    made = send(client, cast, workbook, subject.value)
    if isinstance(body, dict) and path == "rows/" and body and "unit" not in body:
        body = {"unit": cast.community.code} | body
    answer = client.post(f"{BASE}/blank-forms/{made.data['id']}/{path}", body, format="json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("file", [b"", b"x", b"PK\x03\x04"])
def test_a_bad_file_is_refused(cast, api, file):
    answer = send(api(cast.community_worker), cast, file)
    assert answer.status_code == 400
    assert BlankForm.objects.count() == 0


def test_a_community_fills_a_streets_form_with_its_own(cast, api, old_man):
    client = api(cast.street_cadre)
    made = send(client, cast, FORMS["高龄津贴花名册"][0](), unit=cast.street.code)
    run = post(
        api(cast.community_worker),
        f"/blank-forms/{made.data['id']}/fill/",
        {"purpose": "街道要的表"},
    )
    assert (run.status_code, run.data["unit"]) == (201, cast.community.code)


def test_lists_ask_no_more_for_more_rows(cast, api, old_man):
    client = api(cast.street_cadre)

    def count():
        with CaptureQueriesContext(connection) as queries:
            for path in ("/blank-forms/", "/saved-lists/"):
                assert client.get(f"{BASE}{path}").status_code == 200
        return len(queries)

    def add(unit, name):
        send(client, cast, FORMS["高龄津贴花名册"][0](), unit=unit.code)
        body = {"name": name, "unit": unit.code, "subject": "person"}
        assert post(client, "/saved-lists/", body).status_code == 201

    add(cast.street, "一")
    count()
    one = count()
    for number, unit in enumerate([cast.community, cast.sibling, cast.street, cast.community]):
        add(unit, f"名单{number}")
    assert count() == one


def test_what_a_choice_offers_is_said_over_the_api(cast, api, old_man):
    client = api(cast.community_worker)
    made = send(client, cast, book("走访", ("姓名", "愿去的活动")))
    path = f"/blank-forms/{made.data['id']}/fields/"
    body = {"fields": {"2": "asked_choice"}, "options": {"2": ["下棋", "合唱"]}}
    [_name, asked] = post(client, path, body).data["columns"]
    assert (asked["asked"], asked["kind"], asked["options"]) == (True, "choice", ["下棋", "合唱"])
    assert post(client, path, body | {"options": {"2": ["下棋"]}}).status_code == 400
    assert post(client, path, body | {"options": {"x": ["下棋"]}}).status_code == 400


def test_a_completed_copy_is_sent_back_over_the_api(cast, api, old_man):
    form = blank(cast, book("走访", ("姓名", "最爱的曲目")))
    file = filled(cast, form)
    sheet = sheet_of(cast, file)
    sheet["B3"] = "茉莉花"
    path = f"{BASE}/blank-forms/{form.pk}/import/"
    for who, status in ((cast.sibling_worker, 404), (cast.admin, 403)):
        assert (
            api(who).post(path, {"file": upload(sheet.parent)}, format="multipart").status_code
            == status
        )
    client = api(cast.community_worker)
    answer = client.post(path, {"file": upload(sheet.parent)}, format="multipart")
    assert (answer.status_code, answer.data["ledger"]) == (201, "form_answers")
    counted = blank(cast, sums.pairs(), Subject.SUMS)
    path = f"{BASE}/blank-forms/{counted.pk}/import/"
    answer = client.post(path, {"file": upload(sheet.parent)}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (400, "sums")


def test_a_column_of_places_opens_its_list_over_the_api(cast, api, old_man):
    form = blank(cast, sums.per_community(), Subject.COMMUNITY)
    path = f"{BASE}/blank-forms/{form.pk}/columns/5/"
    client = api(cast.community_worker)
    read = client.get(f"{path}{cast.community.code}/")
    assert (read.status_code, len(read.data["rows"])) == (200, 1)
    assert client.get(f"{path}{cast.sibling.code}/").status_code == 403
    assert (
        client.get(f"{BASE}/blank-forms/{form.pk}/columns/2/{cast.community.code}/").status_code
        == 400
    )
