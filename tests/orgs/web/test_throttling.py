"""Uploads are counted, by account or else by address, before they are decoded."""

from orgs.models import Attachment
from orgs.web import throttling
from tasks.enums import Status
from tests import factories as make
from tests import files
from tests.tasks.reports.test_public import answer_to


def upload(client):
    return client.post("/api/v1/attachments/", {"file": files.upload(files.photo())})


def test_an_account_uploads_so_many_files_an_hour(cast, api, monkeypatch):
    monkeypatch.setattr(throttling.UploadThrottle, "rate", "2/hour")
    client = api(cast.owner)
    assert [upload(client).status_code for _try in range(2)] == [201, 201]
    refused = upload(client)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert upload(api(cast.neighbour)).status_code == 201


def test_so_does_a_passer_by_from_one_address(cast, page, monkeypatch):
    monkeypatch.setattr(throttling.PublicUploadThrottle, "rate", "2/hour")
    api, client = "/api/v1/public-reports/", page()
    asked = client.get(f"{api}question/", headers={"accept-language": "en"}).json()
    answer = {"token": asked["token"], "answer": answer_to(asked["question"])}
    ticket = client.post(f"{api}tickets/", answer, "application/json").json()["ticket"]
    for status, elsewhere in ((201, {}), (201, {}), (429, {}), (201, {"REMOTE_ADDR": "::2"})):
        body = {"ticket": ticket, "file": files.upload(files.photo())}
        assert client.post(f"{api}photos/", body, **elsewhere).status_code == status
    assert Attachment.objects.count() == 3


def test_so_do_the_photos_of_a_result(cast, page, monkeypatch):
    monkeypatch.setattr(throttling.UploadThrottle, "rate", "2/hour")
    task = make.task(cast, Status.HANDLING)
    photos = [files.upload(files.photo()) for _photo in range(3)]
    answer = page(cast.community_worker).post(
        f"/tasks/{task.number}/resolve/",
        {"outcome": "solved", "text": "线已拆除", "photos": photos},
    )
    assert (answer.status_code, len(answer.context["form"].errors["photos"])) == (400, 1)
    assert Attachment.objects.count() == 2
