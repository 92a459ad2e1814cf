"""A task on paper: what stands on it, for whom."""

import base64

import pytest
from django.conf import settings

from governance.engines.bundles import portal_css
from tasks.enums import Action, Status
from tests import factories as make


def test_facts_story_and_code(cast, page):
    task = make.task(cast, Status.CLOSED)
    response = page(cast.street_cadre).get(f"/tasks/{task.number}/sheet/")
    text = response.content.decode()
    for said in (task.number, "楼道里有飞线充电", "线已拆除", "城管局", "签字", "138****5678"):
        assert said in text
    assert "13800005678" not in text
    assert base64.b64decode(response.context["code"]).startswith(b"<svg")
    assert response.context["address"] == f"http://testserver/tasks/{task.number}/"
    assert (
        f"/tasks/{task.number}/sheet/"
        in page(cast.street_cadre).get(f"/tasks/{task.number}/").content.decode()
    )


def test_internal_remarks_are_not_printed_for_the_reporter(cast, page):
    task = make.task(cast)
    make.act(task, Action.COMMENT, cast.community_worker, text="内部意见", internal=True)
    shown = {
        who: "内部意见"
        in page(getattr(cast, who)).get(f"/tasks/{task.number}/sheet/").content.decode()
        for who in ("owner", "community_worker")
    }
    assert shown == {"owner": False, "community_worker": True}


@pytest.mark.parametrize("who", ["sibling_cadre", "neighbour", "urban_officer", "auditor"])
def test_out_of_sight_there_is_none(cast, page, who):
    task = make.task(cast)
    assert page(getattr(cast, who)).get(f"/tasks/{task.number}/sheet/").status_code == 404


def test_every_page_brings_its_style_for_paper(cast, page):
    text = page(cast.street_cadre).get("/tasks/?tab=").content.decode()
    assert 'href="/static/css/portal.css"' in text
    paper = (settings.BASE_DIR / "static/css/print.css").read_text()
    assert f"@media print {{\n{paper}}}" in portal_css()
