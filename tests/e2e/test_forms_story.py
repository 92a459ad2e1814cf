"""A form goes round in the browser: the street asks, six communities answer, the department receives."""

from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, Story, barriers
from tests.e2e.test_story import follow

# The demo has workers in two communities of the street; four more come for the story.
PEOPLE = """
from datetime import date
from orgs.models import Position, Unit, User
from governance.demo.places import COMMUNITY, SIBLING, STREET
password = User.objects.get(username="community").password
street = Unit.objects.get(code=STREET)
free = Unit.objects.filter(parent=street).exclude(code__in=[COMMUNITY, SIBLING]).order_by("lft")[:4]
for number, unit in enumerate(free, start=3):
    user = User.objects.create(username=f"story{number}", name=f"社工{number}", password=password)
    Position.objects.create(user=user, role="community_worker", unit=unit, starts=date(2026, 1, 1))
print(",".join(unit.code for unit in free))
"""
# What Celery's worker would do with the messages.
WORK = """
from django.utils import timezone
from governance.data_forms import jobs
from governance.data_forms.submissions import filling
from governance.data_forms.fillings import fillings
for key in filling.waiting(timezone.now()):
    jobs.fill_submission(key)
for key in fillings.waiting(timezone.now()):
    jobs.fill_form(key)
"""
FORM = "高龄住户动态月报"
WORKERS = ["community", "community2", "story3", "story4", "story5", "story6"]


def said(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def send(page: Page) -> None:
    follow(page, page.locator("main form button[type=submit]").last)


def own_part(story: Story, who: str) -> Page:
    """The page of what a community is asked for: the newest collection is that of the story."""
    page = story.page(who, "/collections/")
    follow(page, page.locator(f"section[aria-labelledby=waiting] a:text-is('{FORM}')").first)
    return page


def sign(story: Story, who: str, minutes: int) -> None:
    page = own_part(story, who)
    follow(page, page.locator("a[href$='/sign/']"))
    page.fill("input[name=minutes]", str(minutes))
    send(page)
    said(page, "已签报")


def test_the_street_asks_six_communities_answer_the_department_receives(
    story: Story, picture
) -> None:
    story.listen()
    street = story.page("street", "/form-catalogue/")
    picture(street, "forms-catalogue")
    four = story.tell(PEOPLE).strip().split(",")
    follow(street, street.locator(f"a:text-is('{FORM}')"))
    follow(street, street.locator("a[href$='/ask/']"))
    for box in street.locator("input[name=communities]").all():
        box.set_checked(box.get_attribute("value") in {*four, "421102005003", "421102005004"})
    street.fill("input[name=due_on]", story.moment(7, 9)[:10])
    send(street)
    collection = street.url
    said(street, "6 个社区，0 个已签报")
    assert barriers(street) == []
    story.tell(WORK)

    # One completes on a phone what the portal does not know, and signs off; five more sign off.
    page = own_part(story, "community")
    said(page, "本月身体变化")
    assert barriers(page) == []
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.goto(f"{page.url}?only=changed")
    page.locator(".cell-changed").last.evaluate("cell => cell.scrollIntoView({block: 'center'})")
    picture(page, "forms-submission")
    page.set_viewport_size({"width": DESK, "height": 860})
    for who in WORKERS:
        sign(story, who, 5)

    # The street sends a row back, which is corrected; then it delivers.
    street = story.page("street", collection)
    said(street, "6 个社区，6 个已签报")
    picture(street, "forms-collection")
    follow(street, street.locator("section[aria-labelledby=parts] a:text-is('西湖社区')"))
    follow(street, street.locator("a[href$='/send-back/']"))
    street.fill("input[name=rows]", "1")
    street.fill("input[name=reason]", "住址与花名册不一致")
    send(street)
    page = own_part(story, "community")
    said(page, "住址与花名册不一致")
    sign(story, "community", 1)
    street = story.page("street", collection)
    follow(street, street.locator("a[href$='/deliver/']"))
    send(street)
    said(street, "已交付")

    # The department receives what the basis covers, and no number of an identity card.
    officer = story.page("dept_housing", collection)
    follow(officer, officer.locator("a[href$='/copy/']"))
    officer.fill("input[name=purpose]", "安排适老化改造")
    send(officer)
    story.tell(WORK)
    officer.reload()
    picture(officer, "forms-received")
    with officer.expect_download() as fetched:
        officer.locator("form[action$='/file/'] button").click()
    sheet = load_workbook(BytesIO(fetched.value.path().read_bytes())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    listed = [row for row in rows if isinstance(row[0], int)]
    assert len(listed) > 0
    assert [row[0] for row in listed] == list(range(1, len(listed) + 1))
    assert {row[4] for row in listed} == {None}
    assert all(row[1] for row in listed)
