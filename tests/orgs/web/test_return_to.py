"""Going back: only to pages of the portal, and never to an error."""

import pytest

from tests import factories as make

ELSEWHERE = [
    "tasks", "a\0b", "no:such", "//evil.example", "https://evil.example/", "javascript:alert(1)",
    "\\\\evil.example", "/\\evil.example", "", " ", "😀", "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_is_no_page_of_the_portal_is_passed_over(cast, page, address):
    task = make.task(cast)
    keeper = page(cast.community_worker)
    sent = {"next": address}
    answers = [
        page().post("/i18n/type-size/", sent),
        keeper.post("/tasks/bulk/", sent | {"action": "accept"}),
        keeper.post(f"/tasks/{task.number}/accept/", sent),
    ]
    assert [answer.headers["Location"] for answer in answers] == [
        "/", "/tasks/", f"/tasks/{task.number}/",
    ]  # fmt: skip


def test_a_page_of_the_portal_is_gone_back_to(cast, page):
    task = make.task(cast)
    answer = page(cast.community_worker).post(
        f"/tasks/{task.number}/accept/", {"next": "/tasks/?tab=open"}
    )
    assert answer.headers["Location"] == "/tasks/?tab=open"
