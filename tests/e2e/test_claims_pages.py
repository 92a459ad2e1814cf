"""A home is claimed by the code of a letter on a phone; the community verifies at a desk."""

import re

from playwright.sync_api import expect

from governance.demo.rights import LETTER_CODE, LETTER_TO
from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import choose, follow


def test_a_resident_claims_a_home_by_the_code_of_the_letter(visit):
    page = visit("shop", PHONE, path="/my-home/")
    follow(page, page.locator("main a[href='/my-home/claim/']"))
    page.fill("#q", "翡翠一品")
    follow(page, page.locator("main button[type=submit]"))
    follow(page, page.locator(".row-title a", has_text="翡翠一品小区"))
    follow(page, page.locator(".row-title a", has_text="12栋"))
    page.fill("#q", "901")
    follow(page, page.locator("main button[type=submit]"))
    assert barriers(page) == []
    follow(page, page.locator(f"a[href='/my-home/claim/{LETTER_TO}/']"))
    assert barriers(page) == []
    choose(page, "relation", "tenant")
    follow(page, page.locator("main button.button-primary"))
    # A wrong code says so and leaves the claim waiting.
    page.fill("input[name=code]", "AAAABBBB")
    follow(page, page.locator("form[action$='/code/'] button"))
    assert "验证码" in page.inner_text("main")
    page.goto("/my-home/")
    page.fill("input[name=code]", f"{LETTER_CODE[:4]} {LETTER_CODE[4:].lower()}")
    follow(page, page.locator("form[action$='/code/'] button"))
    assert "您可以上报、评价" in page.inner_text("main")
    assert page.locator("input[name=code]").count() == 0
    assert barriers(page) == []


def test_an_id_number_goes_with_a_consent_of_its_own_only(visit):
    page = visit("supervisor", PHONE, path=f"/my-home/claim/{LETTER_TO}/")
    choose(page, "relation", "family")
    page.fill("input[name=id_number]", "11010519491231002X")
    follow(page, page.locator("main button.button-primary"))
    assert page.locator(".errorlist").count() == 1
    page.check("input[name=agrees]")
    follow(page, page.locator("main button.button-primary"))
    page.goto("/my-data/")
    row = page.locator(".row-item", has_text="核实我的房屋认领")
    assert "您已同意" in row.inner_text()
    # Taken back as it was given: with one press, after a word about what it means.
    row.locator("summary").click()
    follow(page, page.locator("dialog[open] .button-danger-solid"))
    assert "您未同意" in page.locator(".row-item", has_text="核实我的房屋认领").inner_text()
    assert barriers(page) == []


def test_the_community_verifies_at_its_desk(visit):
    page = visit("community", DESK, path="/claims/")
    assert barriers(page) == []
    claim = page.locator("section.panel", has_text="费居民")
    assert claim.count() == 1
    follow(page, claim.locator("form[action$='/verify/'] button"))
    assert page.locator("section.panel", has_text="费居民").count() == 0
    other = page.locator("section.panel", has_text="苗居民")
    other.locator("summary", has_text="不属实").click()
    other.locator("input[name=reason]").fill("台账中没有这位家人，请业主先确认")
    follow(page, other.locator("form[action$='/refuse/'] button"))
    assert page.locator("section.panel", has_text="苗居民").count() == 0


def test_a_granted_request_is_done_at_once(visit):
    page = visit("community", DESK, path="/data-requests/")
    assert barriers(page) == []
    asked = page.locator("section.panel", has_text="个体")
    asked.locator("input[name=reason]").fill("已核实")
    follow(page, asked.locator("button[value='1']"))
    assert page.locator("section.panel", has_text="个体").count() == 0
    owner = visit("owner", PHONE, path="/my-data/")
    assert "已核实" in owner.inner_text("main")


def test_letters_of_the_compound_are_ordered_and_followed(visit):
    page = visit("community", DESK, path="/letters/421102005003-001/")
    assert barriers(page) == []
    follow(page, page.locator("main button.button-primary"))
    assert page.locator("progress").count() == 1
    assert "/ 14 栋" in page.inner_text("main")
    assert barriers(page) == []


def test_a_form_that_is_answered_with_a_file_is_free_again(visit):
    page = visit("community", DESK, path="/letters/421102005003-001-003/")
    button = page.locator("main button.button-primary")
    with page.expect_download(timeout=120_000):
        button.click(no_wait_after=True)
    expect(button).not_to_have_attribute("aria-disabled", re.compile(""))
    expect(page.locator("html.slow")).to_have_count(0)
