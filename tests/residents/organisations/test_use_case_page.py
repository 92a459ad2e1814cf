"""The page with one form, seen at the contracts of a compound: what every such page does."""

from orgs.enums import AuditResult
from orgs.models import Attachment, AuditEntry
from residents.models import PropertyContract
from tests.files import photo, upload

SENT = {"kind": "contract", "firm": "安居物业", "starts": "2026-01-01"}


def test_a_refused_file_is_named_beside_its_field_and_the_words_stay(cast, page):
    address = f"/units/{cast.compound.code}/contracts/add/"
    broken = upload(b"no picture at all", name="合同.jpg")
    answer = page(cast.community_worker).post(address, {**SENT, "photo": broken})
    form = answer.context["form"]
    assert answer.status_code == 400
    assert list(form.errors) == ["photo"]
    assert form.errors["photo"][0].startswith("合同.jpg: ")
    assert form["firm"].value() == "安居物业"
    assert (PropertyContract.objects.count(), Attachment.objects.count()) == (0, 0)
    refused = AuditEntry.objects.filter(result=AuditResult.REFUSED)
    assert [entry.action for entry in refused] == ["residents:contract_add"]


def test_one_file_where_one_is_asked_for(cast, page):
    address = f"/units/{cast.compound.code}/contracts/add/"
    page(cast.community_worker).post(address, {**SENT, "photo": upload(photo())})
    assert PropertyContract.objects.get().document == Attachment.objects.get()


def test_what_the_rules_refuse_is_said_in_the_form_and_audited(cast, page):
    address = f"/units/{cast.compound.code}/contracts/add/"
    answer = page(cast.community_worker).post(address, {**SENT, "ends": "2025-01-01"})
    assert (answer.status_code, "ends" in answer.context["form"].errors) == (400, True)
    refused = AuditEntry.objects.filter(result=AuditResult.REFUSED)
    assert [entry.action for entry in refused] == ["residents:contract_add"]


def test_a_page_is_read_and_sent_and_nothing_else(cast, page):
    client = page(cast.community_worker)
    address = f"/units/{cast.compound.code}/contracts/add/"
    answers = [client.get(address), client.put(address), client.delete(address)]
    assert [answer.status_code for answer in answers] == [200, 405, 405]
