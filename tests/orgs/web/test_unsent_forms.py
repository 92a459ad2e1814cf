"""Words of a form whose session had ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from orgs import retention
from orgs.models import UnsentForm
from orgs.web.middleware import UnsentFormMiddleware
from tasks.models import Event, Task
from tests import factories as make

BACKEND = "orgs.backends.PositionBackend"


@pytest.fixture
def browser(cast, page):
    """The community worker's browser, in use, of which the session then ends."""

    def ended(user) -> Client:
        client = page(user)
        client.get("/")
        Session.objects.all().delete()
        return client

    return ended


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def task(cast):
    return make.task(cast)


def test_words_of_an_action_are_in_its_form_after_signing_in(cast, browser, task):
    client = browser(cast.community_worker)
    address = f"/tasks/{task.number}/decline/"
    answer = client.post(address, {"reason_code": "private", "reason": "家中水管由住户自修"})
    assert answer.headers["Location"] == f"/accounts/login/?next={address}"
    assert "30 分钟" in text_of(client.get(answer.headers["Location"]))
    client.force_login(cast.community_worker, backend=BACKEND)
    shown = client.get(address)
    assert (shown.status_code, "家中水管由住户自修" in text_of(shown)) == (200, True)
    assert "没有发出" in text_of(shown)
    # Never by itself; sent, it is forgotten.
    assert (Task.objects.get().status, UnsentForm.objects.count()) == ("submitted", 1)
    client.post(address, {"reason_code": "private", "reason": "家中水管由住户自修"})
    assert UnsentForm.objects.count() == 0
    assert "家中水管由住户自修" not in text_of(client.get(address, follow=True))


def test_words_are_kept_encrypted_and_without_password_or_mark(cast, browser, task):
    client = browser(cast.community_worker)
    client.post(
        f"/tasks/{task.number}/comment/",
        {"text": "已电话联系", "csrfmiddlewaretoken": "x", "password": "hidden-1"},
    )
    row = UnsentForm.objects.get()
    assert row.owner == cast.community_worker
    assert ("已电话联系" in row.body, "hidden-1" in row.body, '"x"' in row.body) == (
        True,
        False,
        False,
    )
    stored = UnsentForm.objects.values_list("address", flat=True).get()
    assert task.number not in stored


def test_nobody_else_is_shown_the_words(cast, browser, task):
    client = browser(cast.community_worker)
    address = f"/tasks/{task.number}/comment/"
    client.post(address, {"text": "只有本人可见"})
    client.force_login(cast.street_cadre, backend=BACKEND)
    assert "只有本人可见" not in text_of(client.get(address))
    stranger = Client()
    stranger.force_login(cast.community_worker, backend=BACKEND)
    assert "只有本人可见" not in text_of(stranger.get(address))


def test_nothing_is_kept_of_a_browser_in_which_nobody_was_signed_in(cast, task):
    Client().post(f"/tasks/{task.number}/comment/", {"text": "a"})
    assert UnsentForm.objects.count() == 0


def test_words_are_forgotten_after_half_an_hour(cast, browser, task):
    client = browser(cast.community_worker)
    address = f"/tasks/{task.number}/comment/"
    client.post(address, {"text": "过时即忘"})
    UnsentForm.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.force_login(cast.community_worker, backend=BACKEND)
    assert "过时即忘" not in text_of(client.get(address))
    assert retention.forget_expired(now=timezone.now())["unsent_forms"] == 1


def test_an_address_that_only_takes_post_asks_before_anything_is_sent(cast, browser, task):
    client = browser(cast.urban_officer)
    address = f"/tasks/{task.number}/reveal/"
    client.post(address, {"reason": "需要约定上门时间"})
    client.force_login(cast.urban_officer, backend=BACKEND)
    shown = client.get(address)
    assert (shown.status_code, "需要约定上门时间" in text_of(shown)) == (200, True)
    assert f'action="{address}"' in text_of(shown)
    client.post("/unsent/discard/", {"address": address, "next": address})
    assert UnsentForm.objects.count() == 0
    assert client.get(address).status_code == 405


@pytest.mark.parametrize(
    "address", ["/notices/read/", "/me/home/set/", "/tasks/find/", "/i18n/type-size/"]
)
def test_an_address_that_only_takes_post_is_no_empty_page(cast, page, address):
    answer = page(cast.community_worker).get(address)
    assert (answer.status_code, "按钮" in text_of(answer)) == (405, True)


def test_a_form_of_an_ordinary_page_comes_back_too(cast, browser):
    client = browser(cast.owner)
    client.post("/me/profile/", {"name": "沈先生"})
    client.force_login(cast.owner, backend=BACKEND)
    assert 'value="沈先生"' in text_of(client.get("/me/profile/"))
    cast.owner.refresh_from_db()
    assert cast.owner.name == "沈业主"


def test_a_report_comes_back_with_its_words_and_names_its_photos(cast, browser):
    client = browser(cast.owner)
    photo = SimpleUploadedFile("楼道.jpg", b"x", "image/jpeg")
    client.post("/report/", {"text": "楼道灯不亮", "unit": cast.building.code, "photos": [photo]})
    client.force_login(cast.owner, backend=BACKEND)
    shown = text_of(client.get("/report/"))
    assert ("楼道灯不亮" in shown, "楼道.jpg" in shown) == (True, True)


def test_a_mark_that_no_longer_fits_keeps_the_words(cast, task):
    """Signed out and in again in another window, then sent from the first."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.community_worker, backend=BACKEND)
    client.get("/")
    address = f"/tasks/{task.number}/comment/"
    answer = client.post(address, {"text": "换了窗口"}, HTTP_ORIGIN="http://testserver")
    assert (answer.status_code, answer.headers.get("Location")) == (302, address)
    again = client.post(address, {"text": "再换一次"}, HTTP_ORIGIN="http://testserver")
    assert again.status_code == 302
    assert "再换一次" in text_of(client.get(address))
    assert Event.objects.filter(action="comment").count() == 0


def test_a_form_of_another_site_is_refused_and_not_kept(cast, task):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.community_worker, backend=BACKEND)
    client.get("/")
    address = f"/tasks/{task.number}/comment/"
    for origin in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}):
        assert client.post(address, {"text": "a"}, **origin).status_code == 403
    assert UnsentForm.objects.count() == 0


def test_no_password_page_is_kept(cast, browser):
    client = browser(cast.owner)
    client.post("/accounts/password/change/", {"oldpassword": "a", "note": "b"})
    assert UnsentForm.objects.count() == 0


def test_a_person_has_at_most_ten_waiting(cast, browser, task):
    client = browser(cast.community_worker)
    for number in range(12):
        client.post(f"/tasks/{task.number}/comment/?n={number}", {"text": "a"})
    assert UnsentForm.objects.count() == 10


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(cast, browser, task):
    client = browser(cast.community_worker)
    answer = client.get(
        f"/tasks/{task.number}/comment/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL=f"http://testserver/tasks/{task.number}/",
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        f"/accounts/login/?next=/tasks/{task.number}/",
    )


def test_browsers_without_a_key_cost_no_query(cast, page, django_assert_num_queries):
    from orgs.web.unsent import forms as unsent_forms

    request = page(cast.owner).get("/").wsgi_request
    with django_assert_num_queries(0):
        assert unsent_forms.waiting(request) is None


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_what_was_not_taken_goes_on_waiting(cast, browser, task, rf, status):
    client, address = browser(cast.community_worker), f"/tasks/{task.number}/comment/"
    client.post(address, {"text": "已电话联系"})
    client.force_login(cast.community_worker, backend=BACKEND)
    for method, answer in (("post", status), ("head", 200), ("options", 200)):
        request = getattr(rf, method)(address)
        request.COOKIES = {name: one.value for name, one in client.cookies.items()}
        request.user = cast.community_worker
        UnsentFormMiddleware(lambda request, answer=answer: HttpResponse(status=answer))(request)
    assert UnsentForm.objects.count() == 1
