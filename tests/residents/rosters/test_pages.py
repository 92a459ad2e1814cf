"""Pages of rosters: a community worker sends, looks through, decides, applies and undoes."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from orgs.enums import ImportState
from orgs.imports import progress
from orgs.models import AuditEntry, LedgerImport
from residents.models import Person
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests.roster_workbooks import PEOPLE, again, apply, book, send

OK = ("张三", "业主", "", "13900001111", "5栋", "", "501")


@pytest.fixture
def client(cast, page):
    return page(cast.community_worker)


@pytest.fixture
def imported(cast):
    def one(*lines, by=None):
        worker = by or cast.community_worker
        return send(RESIDENTS, cast.community, worker, book(PEOPLE, lines))

    return one


def address(found):
    return reverse("orgs:import", args=[found.pk])


def step(client, found, action):
    return client.post(reverse("orgs:import_step", args=[found.pk, action]), follow=True)


def text_of(response):
    return response.content.decode()


def upload(client, cast, content, unit=None, ledger="residents"):
    where = reverse("orgs:roster_send", args=[(unit or cast.community).code, ledger])
    return client.post(where, {"file": SimpleUploadedFile("台账.xlsx", content)})


def test_the_whole_way(cast, client, celery_eagerly, django_capture_on_commit_callbacks):
    listed = text_of(client.get(reverse("orgs:rosters", args=[cast.community.code])))
    assert "还没有上传过文件" in listed
    with django_capture_on_commit_callbacks(execute=True):
        sent = upload(client, cast, book(PEOPLE, [OK]))
    found = LedgerImport.objects.get()
    assert sent.headers["Location"] == address(found)
    preview = text_of(client.get(address(found)))
    assert "全部写入" in preview
    assert "139****1111" in preview
    assert "13900001111" not in preview
    with django_capture_on_commit_callbacks(execute=True):
        step(client, found, "apply")
    assert again(found).state == ImportState.APPLIED
    assert Person.objects.get().name == "张三"
    assert "撤销整次导入" in text_of(client.get(address(found)))
    with django_capture_on_commit_callbacks(execute=True):
        step(client, found, "undo")
    assert (again(found).state, Person.objects.count()) == (ImportState.UNDONE, 0)
    listed = text_of(client.get(reverse("orgs:rosters", args=[cast.community.code])))
    assert "台账.xlsx" in listed


def test_while_it_is_read_the_page_says_how_far_it_is(cast, client, imported):
    found = imported(OK)
    LedgerImport.objects.filter(pk=found.pk).update(
        state=ImportState.READING, rows_done=2000, rows_expected=50000
    )
    shown = text_of(client.get(address(found)))
    assert "已读取 2,000 行" in shown or "已读取 2000 行" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "再看一次" in shown
    part = client.get(address(found), headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert 'id="import"' in text_of(part)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(ImportState.APPLYING, "2000 / 5000"), (ImportState.UNDOING, "已处理 2000 行")],
)
def test_while_it_is_written_the_page_says_how_far_it_is(cast, client, imported, state, sentence):
    found = apply(imported(OK), cast.community_worker)
    when = {"applied_at": None} if state == ImportState.APPLYING else {"ended_by": found.applied_by}
    LedgerImport.objects.filter(pk=found.pk).update(state=state, new=5000, **when)
    assert 'value="' not in text_of(client.get(address(found))).partition("import-progress")[2][:40]
    progress.record(found, 2000)
    shown = text_of(client.get(address(found)))
    assert sentence in shown
    assert 'value="2000" max="5000"' in shown


def test_wrong_rows_are_named_by_row_and_column(client, imported):
    found = imported(OK, ("李四", "业主", "", "12345", "9栋", "", "501"))
    shown = text_of(client.get(address(found)))
    assert "第 3 行" in shown
    assert "有 1 行有错误" in shown
    assert "全部写入" not in shown
    assert "没有“9栋”这个楼栋" in shown
    assert step(client, found, "apply").status_code == 200
    assert again(found).state == ImportState.PREVIEW
    assert AuditEntry.objects.filter(action="orgs:import_step", result="refused").count() == 1


def test_wrong_rows_are_narrowed_by_column_and_paged(client, imported):
    lines = [("甲", "业主", "", "1", "5栋", "", f"{n}") for n in range(100, 160)]
    found = imported(*lines, ("乙", "业主", "", "13900001111", "9栋", "", "1"))
    first = client.get(f"{address(found)}?verdict=wrong&column=phone")
    assert [one.row.number for one in first.context["rows"]] == list(range(2, 52))
    second = client.get(address(found) + first.context["page"].next)
    assert [one.row.number for one in second.context["rows"]] == list(range(52, 62))
    other = client.get(f"{address(found)}?verdict=wrong&column=building")
    assert [one.row.number for one in other.context["rows"]] == [62]


def test_the_preview_costs_the_same_however_many_rows(
    client, cast, imported, django_assert_num_queries
):
    def unsure(count):
        lines = []
        for number in range(count):
            person = make.resident(cast.building, name=f"张{number}", phone=f"137{number:08}")
            make.belonging(person, make.household(cast.building, f"{count}{number}"))
            lines.append((person.name, "", "", f"139{number:08}", "5栋", "", f"{count}{number}"))
        return imported(*lines)

    few, many = unsure(1), unsure(30)
    assert (few.unsure, many.unsure) == (1, 30)
    client.get(address(few))
    with CaptureQueriesContext(connection) as counted:
        client.get(address(few))
    with django_assert_num_queries(len(counted)):
        client.get(address(many))


def test_somebody_decides(cast, client, imported):
    person = make.resident(cast.building, name="张三", phone="13700000000")
    make.belonging(person, make.household(cast.building, "501"))
    found = imported(OK)
    shown = text_of(client.get(address(found)))
    assert "就是张三" in shown
    assert "137****0000" in shown
    row = found.rows.get()
    decide = reverse("orgs:import_decide", args=[row.pk])
    assert client.post(decide, {"choice": "perhaps"}).status_code == 404
    answer = client.post(decide, {"choice": f"same:{person.pk}"})
    assert answer.headers["Location"].endswith(f"?verdict=unsure&after=1#row-{row.number}")
    row.refresh_from_db()
    assert (row.decision, row.chosen, row.decided_by) == ("same", person.pk, cast.community_worker)
    assert "全部写入" in text_of(client.get(address(found)))


def test_somebody_decides_about_all_rows_of_one_doubt(cast, client, imported):
    for place in (1, 2, 3):
        person = make.resident(cast.building, name=f"张{place}", phone=f"1370000000{place}")
        make.belonging(person, make.household(cast.building, f"50{place}"))
    found = imported(
        *[(f"张{place}", "", "", f"1390000000{place}", "5栋", "", f"50{place}") for place in (1, 2, 3)]
    )  # fmt: skip
    shown = client.get(address(found))
    (doubt,) = shown.context["doubts"]
    assert (doubt.count, doubt.single) == (3, 3)
    assert "这 3 行" in text_of(shown)
    decide = reverse("orgs:import_decide", args=[doubt.row])
    assert client.post(decide, {"alike": "perhaps"}).status_code == 404
    answer = client.post(decide, {"alike": "same"}, follow=True)
    assert "已判断 3 行" in text_of(answer)
    assert "全部写入" in text_of(answer)
    assert answer.context["doubts"] == []


def test_a_single_doubt_offers_no_decision_about_all(cast, client, imported):
    person = make.resident(cast.building, name="张三", phone="13700000000")
    make.belonging(person, make.household(cast.building, "501"))
    shown = client.get(address(imported(OK)))
    assert shown.context["doubts"] == []


def test_only_what_nobody_decided_is_shown(cast, client, imported):
    for place in (1, 2):
        person = make.resident(cast.building, name=f"张{place}", phone=f"1370000000{place}")
        make.belonging(person, make.household(cast.building, f"50{place}"))
    found = imported(
        *[(f"张{place}", "", "", f"1390000000{place}", "5栋", "", f"50{place}") for place in (1, 2)]
    )  # fmt: skip
    row = found.rows.get(number=2)
    decide = reverse("orgs:import_decide", args=[row.pk])
    answer = client.post(decide, {"choice": "new", "open": "on", "column": "name"}, follow=True)
    assert [one.row.number for one in answer.context["rows"]] == [3]
    shown = client.get(f"{address(found)}?verdict=unsure")
    assert [one.row.number for one in shown.context["rows"]] == [2, 3]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为 .xlsx"),
        ("姓名,电话".encode("gb18030"), "另存为 .xlsx"),
    ],
)
def test_an_old_workbook_or_text_says_what_to_do(cast, client, content, sentence):
    answer = upload(client, cast, content)
    assert (answer.status_code, LedgerImport.objects.count()) == (400, 0)
    assert sentence in text_of(answer)


def test_a_file_that_cannot_be_read_says_why(client, imported, cast):
    found = send(
        RESIDENTS, cast.community, cast.community_worker, book((*PEOPLE, "管控措施"), [OK])
    )
    shown = text_of(client.get(address(found)))
    assert "管控措施" in shown
    assert "重新上传" in shown


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "姓名,电话".encode()])
def test_garbage_is_refused_on_the_form(cast, client, content):
    answer = upload(client, cast, content)
    assert answer.status_code == 400
    assert LedgerImport.objects.count() == 0


def test_a_discarded_import(client, imported):
    found = imported(OK)
    assert "文件和其中的行已删除" in text_of(step(client, found, "discard"))
    assert again(found).state == ImportState.DISCARDED


def test_templates_exports_and_rows_to_correct_are_fetched(cast, client, imported):
    found = imported(("李四", "业主", "", "12345", "5栋", "", "501"))
    for where in (
        reverse("orgs:roster_template", args=[cast.community.code, "residents"]),
        reverse("orgs:roster_export", args=["households"]) + f"?unit={cast.compound.code}",
        reverse("orgs:import_to_correct", args=[found.pk]),
    ):
        answer = client.get(where)
        content = b"".join(answer) if answer.streaming else answer.content
        assert load_workbook(io.BytesIO(content)).worksheets[0]["A1"].value == "序号"
        assert "attachment" in answer.headers["Content-Disposition"]


def test_lists_offer_their_export_with_their_filters(cast, client):
    make.household(cast.building, "501")
    shown = text_of(client.get(reverse("residents:households"), {"state": "lived_in"}))
    assert f"{reverse('orgs:roster_export', args=['households'])}?&amp;state=lived_in" in shown


# --- Others ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["sibling_worker", "other_worker", "street_cadre", "owner", "member", "auditor"]
)
def test_imports_of_another_community_do_not_exist(cast, page, imported, who):
    found = imported(OK)
    client = page(getattr(cast, who))
    row = found.rows.get()
    assert client.get(address(found)).status_code == 404
    assert client.get(reverse("orgs:import_to_correct", args=[found.pk])).status_code == 404
    for action in ("apply", "discard", "undo"):
        where = reverse("orgs:import_step", args=[found.pk, action])
        assert client.post(where).status_code == 404
    decide = reverse("orgs:import_decide", args=[row.pk])
    assert client.post(decide, {"choice": "leave_out"}).status_code == 404
    assert again(found).state == ImportState.PREVIEW


@pytest.mark.parametrize("who", ["sibling_worker", "owner", "member", "property_clerk"])
def test_rosters_of_another_community_are_refused(cast, page, who):
    client, code = page(getattr(cast, who)), cast.community.code
    assert client.get(reverse("orgs:rosters", args=[code])).status_code == 403
    assert client.get(reverse("orgs:roster_send", args=[code, "residents"])).status_code == 403
    template = reverse("orgs:roster_template", args=[code, "residents"])
    assert client.get(template).status_code == 403
    export = reverse("orgs:roster_export", args=["residents"])
    assert client.get(export, {"unit": code}).status_code == 403
    assert upload(client, cast, book(PEOPLE, [OK])).status_code == 403
    assert LedgerImport.objects.count() == 0


def test_a_street_cadre_exports_and_does_not_import(cast, page):
    client = page(cast.street_cadre)
    shown = text_of(client.get(reverse("orgs:rosters", args=[cast.street.code])))
    assert reverse("orgs:roster_export", args=["residents"]) in shown
    assert reverse("orgs:roster_send", args=[cast.street.code, "residents"]) not in shown


def test_unknown_rosters_and_units_do_not_exist(cast, client):
    assert client.get(reverse("orgs:roster_send", args=["0", "residents"])).status_code == 404
    code = cast.community.code
    assert client.get(reverse("orgs:roster_send", args=[code, "nothing"])).status_code == 404
    assert client.get(reverse("orgs:roster_export", args=["nothing"])).status_code == 404
    assert (
        client.get(reverse("orgs:roster_export", args=["residents"]), {"unit": "0"}).status_code
        == 404
    )


def test_the_list_of_imports_costs_the_same(cast, client, imported, django_assert_num_queries):
    where = reverse("orgs:rosters", args=[cast.community.code])
    imported(OK)
    client.get(where)
    with CaptureQueriesContext(connection) as counted:
        client.get(where)
    LedgerImport.objects.bulk_create(
        LedgerImport(
            unit=cast.compound, ledger="residents", file_name=f"{n}.xlsx", sha256="0" * 64, size=1,
            sent_by=cast.community_worker, sent_at=make.NOW,
        )
        for n in range(30)
    )  # fmt: skip
    with django_assert_num_queries(len(counted)):
        client.get(where)


def test_the_panel_of_a_unit_leads_to_its_rosters(cast, client):
    unit = reverse("orgs:unit", args=[cast.compound.code])
    shown = text_of(client.get(unit, {"tab": "people"}))
    assert reverse("orgs:rosters", args=[cast.compound.code]) in shown


def test_an_applied_import_shows_no_rows(cast, client, imported):
    found = apply(imported(OK), cast.community_worker)
    shown = text_of(client.get(address(found)))
    assert "张三" not in shown
