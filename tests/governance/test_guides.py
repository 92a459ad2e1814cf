"""Help in the product: every guide rendered, every heading found, searched, for everybody."""

import re
from urllib.parse import unquote

import pytest
from django.urls import get_resolver

from governance import guides


def names_of_addresses(resolver=None, prefix: str = "") -> set[str]:
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names_of_addresses(pattern, space)
        elif pattern.name:
            found.add(f"{prefix}{pattern.name}")
    return found


def test_every_page_and_every_heading_of_the_topics_exists():
    pages = names_of_addresses()
    for name, topics in guides.TOPICS.items():
        headings = {section.heading for section in guides.guide(name).sections}
        assert set(topics.values()) <= headings, name
        assert set(topics) - pages == set(), name


def test_every_guide_is_rendered_without_styles_of_its_own(page):
    for name in guides.NAMES:
        answer = page().get(f"/help/{name}/")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "style=" not in text
        for section in guides.guide(name).sections:
            assert f'id="{section.anchor}"' in text
    assert page().get("/help/nothing/").status_code == 404


def test_links_of_a_guide_lead_somewhere(page):
    """In the source they name files beside it, which the portal does not serve."""
    links = {
        link
        for name in guides.NAMES
        for link in re.findall(r'href="([^"]+)"', guides.guide(name).html)
    }
    assert "/help/topics/" in links
    assert {link for link in links if link[0] not in "#/h"} == set()
    for link in links:
        if link.startswith("/"):
            assert page().get(link).status_code == 200, link


def test_every_guide_in_the_source_is_in_the_portal():
    assert {path.name.removesuffix(guides.ENDING) for path in guides.FOLDER.iterdir()} == set(
        guides.NAMES
    )


@pytest.mark.parametrize(
    ("who", "at", "leads_to"),
    [
        ("street_cadre", "tasks:board", "/help/street/#派单台"),
        ("community_worker", "tasks:call", "/help/community/#接听来电"),
        ("urban_officer", "tasks:inbox", "/help/department/#收件箱"),
        ("owner", "tasks:mine", "/help/resident/#看进度"),
        ("auditor", "orgs:audit", "/help/auditor/#审计"),
        ("admin", "orgs:staff", "/help/administrator/#人员和岗位"),
        ("secretary", "volunteers:members", "/help/member/#党员台账楼栋岗位一联十户"),
        ("community_worker", "nowhere", "/help/community/"),
        (None, "tasks:public_report", "/help/resident/#上报"),
    ],
)
def test_help_opens_at_the_heading_of_the_page(cast, page, who, at, leads_to):
    answer = page(getattr(cast, who) if who else None).get(f"/help/?at={at}")
    assert unquote(answer.headers["Location"]) == leads_to


def test_guides_are_searched(cast, page):
    text = page(cast.owner).get("/help/?q=飞线 没有的词").content.decode()
    assert "换短一点的词" in text
    found = guides.search("回访 自办自核")
    assert {section.guide for section in found} == {"street", "community"}
    assert found[0].heading == "自办自核和回访"
    assert guides.search("  ") == []


@pytest.mark.parametrize("who", ["owner", "street_cadre", "urban_officer", None])
def test_every_page_leads_to_help_and_to_complaints(cast, page, who):
    browser = page(getattr(cast, who) if who else None)
    text = browser.get("/").content.decode()
    assert re.search(r'href="/help/\?at=home"', text)
    assert 'href="/complaints/"' in text
    assert "12345" in browser.get("/complaints/").content.decode()
