"""One whistle from report to rating in the browser, each person on the device they use."""

import re

from tests.e2e.conftest import DESK, PHONE, barriers

TEXT = "五栋二单元有人从楼上拉线给电动车充电"
DONE = "已拆除飞线，并在车棚加装充电桩"


def choose(page, field, value):
    """Picks one of a group of radio buttons, with the keyboard."""
    page.locator(f"input[name={field}][value='{value}']").press(" ")


def follow(page, button):
    """Presses a button and waits for the page that it leads to."""
    with page.expect_navigation():
        button.click()


def send(page):
    """Presses the one primary button of the action's form, confirming where asked."""
    button = page.locator(".act-form button.button-primary")
    if page.locator("html.scripted").count() and button.get_attribute("data-confirm"):
        button.click()
        button = page.locator("dialog[open] .button-danger-solid")
    follow(page, button)


def act(page, number, action):
    page.goto(f"/tasks/{number}/{action}/")


def press(page, number, action):
    """Presses the button of an action that asks nothing."""
    follow(page, page.locator(f"form[action*='{number}/{action}'] button").first)


def open_form(page, number, action):
    """Opens the form of an action, and looks for barriers in it."""
    act(page, number, action)
    assert (action, barriers(page)) == (action, [])


def reported(visit, kind, text):
    """The number of a new report of the owner, from their phone."""
    page = visit("owner", PHONE, path="/report/")
    choose(page, "category", kind)
    page.fill("textarea[name=text]", text)
    page.locator("[data-next]").click()
    return page, send_report(page)


def whistle(page, number):
    act(page, number, "whistle")
    choose(page, "kind", "public")
    page.fill("textarea[name=reason]", "需要执法部门到场")
    send(page)


def dispatch(page, number):
    act(page, number, "dispatch")
    choose(page, "lead", "urban-management")
    send(page)


def send_report(page):
    """Sends the report; where similar ones are shown first, sends it all the same."""
    follow(page, page.locator("[data-send]"))
    if page.locator("#report-form").count():
        answer_challenge(page)
        follow(page, page.locator("[data-send]"))
    return re.search(r"HZ\d{12}", page.inner_text("main")).group()


def test_one_whistle(visit, picture):
    owner = visit("owner", PHONE, path="/report/")
    choose(owner, "category", "fly-wire-charging")
    owner.fill("textarea[name=text]", TEXT)
    picture(owner, "report")
    owner.locator("[data-next]").click()
    number = send_report(owner)

    community = visit("community", DESK)
    picture(community, "desk")
    community.goto("/tasks/")
    assert number in community.inner_text("main")
    act(community, number, "whistle")
    choose(community, "kind", "public")
    community.fill("textarea[name=reason]", "需要城管和住建到场")
    send(community)
    assert "已吹哨" in community.inner_text("main")

    street = visit("street", DESK, path="/board/")
    assert number in street.content()
    picture(street, "board")
    act(street, number, "dispatch")
    choose(street, "lead", "urban-management")
    send(street)
    assert "已派单" in street.inner_text("main")

    officer = visit("dept_urban", PHONE, path="/inbox/")
    assert number in officer.content()
    officer.goto(f"/tasks/{number}/")
    press(officer, number, "report-in")
    assert "已报到" in officer.inner_text("main")
    act(officer, number, "contact")
    officer.fill("textarea[name=text]", "已与报告人通话，约好上门时间")
    send(officer)

    street.goto(f"/tasks/{number}/")
    picture(street, "task")

    act(officer, number, "resolve")
    choose(officer, "outcome", "solved")
    officer.fill("textarea[name=text]", DONE)
    if officer.locator("textarea[name=reason]").count():
        officer.fill("textarea[name=reason]", "协办无需到场")
    send(officer)

    street.goto(f"/tasks/{number}/")
    press(street, number, "confirm")

    owner.goto(f"/tasks/{number}/")
    assert DONE in owner.inner_text("main")
    act(owner, number, "rate")
    for field, value in (("contacted", "1"), ("resolved", "1"), ("stars", "5")):
        choose(owner, field, value)
    owner.fill("textarea[name=text], input[name=text]", "来得快，解决得好")
    picture(owner, "rating")
    send(owner)
    owner.goto(f"/tasks/{number}/")
    body = owner.inner_text("main")
    assert "已办结，已评价" in body
    for word in ("上报", "吹哨", "派单", "报到", "办结", "评价"):
        assert word in body


def test_a_report_without_javascript(visit):
    page = visit("owner", PHONE, path="/report/", scripts=False)
    choose(page, "category", "parking")
    page.fill("textarea[name=text]", "消防通道被私家车堵了")
    assert send_report(page)


def test_one_whistle_without_javascript(visit):
    owner = visit("owner", PHONE, path="/report/", scripts=False)
    choose(owner, "category", "parking")
    owner.fill("textarea[name=text]", "单元门口停满了车")
    number = send_report(owner)
    whistle(visit("community", PHONE, scripts=False), number)
    street = visit("street", scripts=False)
    dispatch(street, number)
    assert "已派单" in street.inner_text("main")
    officer = visit("dept_urban", PHONE, path=f"/tasks/{number}/", scripts=False)
    press(officer, number, "report-in")
    act(officer, number, "resolve")
    choose(officer, "outcome", "solved")
    officer.fill("textarea[name=text]", DONE)
    if officer.locator("textarea[name=reason]").count():
        officer.fill("textarea[name=reason]", "协办无需到场")
    send(officer)
    street.goto(f"/tasks/{number}/")
    press(street, number, "confirm")
    act(owner, number, "rate")
    for field, value in (("contacted", "1"), ("resolved", "1"), ("stars", "4")):
        choose(owner, field, value)
    send(owner)
    owner.goto(f"/tasks/{number}/")
    assert "已办结，已评价" in owner.inner_text("main")


def test_the_secretary_offers_a_member_does_it_the_community_confirms(visit):
    _owner, number = reported(visit, "parking", "车棚门口的共享单车要摆放整齐")
    secretary = visit("secretary", PHONE)
    open_form(secretary, number, "offer")
    secretary.fill("input[name=minutes]", "30")
    send(secretary)
    member = visit("member", PHONE, path="/orders/")
    press(member, number, "take")
    open_form(member, number, "resolve")
    choose(member, "outcome", "solved")
    member.fill("textarea[name=text]", "已全部摆放整齐")
    send(member)
    community = visit("community", PHONE, path=f"/tasks/{number}/")
    assert "已全部摆放整齐" in community.inner_text("main")
    press(community, number, "confirm")
    assert "待评价" in community.inner_text("main")


def test_the_district_decides_a_second_refusal(visit):
    _owner, number = reported(visit, "fly-wire-charging", "车库里有人私拉电线")
    whistle(visit("community"), number)
    street, officer = visit("street"), visit("dept_urban", PHONE)
    for reason in ("不属于城管职责", "仍不属于城管职责"):
        dispatch(street, number)
        open_form(officer, number, "refuse")
        officer.fill("textarea[name=reason]", reason)
        send(officer)
    district = visit("district")
    open_form(district, number, "decide-refusal")
    assert "仍不属于城管职责" in district.inner_text("main")
    choose(district, "granted", "1")
    district.fill("textarea[name=reason]", "同意，另派部门")
    send(district)
    street.goto(f"/tasks/{number}/")
    assert "已吹哨" in street.inner_text("main")


def test_the_grid_declines_and_the_reporter_reads_why(visit):
    owner, number = reported(visit, "noise", "隔壁装修声音大")
    grid = visit("grid", PHONE)
    open_form(grid, number, "decline")
    choose(grid, "reason_code", "repeated")
    grid.fill("textarea[name=reason]", "昨天已答复您，装修到本周五为止")
    send(grid)
    owner.goto(f"/tasks/{number}/")
    assert "装修到本周五为止" in owner.inner_text("main")


def test_a_passer_by_reports_and_finds_the_progress(visit):
    page = visit("", PHONE, path="/public/report/")
    choose(page, "category", "street-lights")
    page.fill("textarea[name=text]", "路口的灯一直不亮，晚上看不见路")
    page.locator("[data-next]").click()
    page.fill("input[name=contact_phone]", "139 0000 9876")
    page.fill("#place-words", "翡翠一品")
    page.locator("#found-places input[name=unit]").first.press(" ")
    answer_challenge(page)
    number = send_report(page)
    other = visit("", PHONE, path="/progress/")
    other.fill("input[name=number]", number)
    other.fill("input[name=digits]", "9876")
    follow(other, other.locator("button[form=look-up-form]"))
    assert "等待社区受理" in other.inner_text("main")


DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九十")}


def answer_challenge(page):
    """Answers the sum that is asked in words, as a person would."""
    field = page.locator("input[name=answer]")
    if field.count():
        words = page.locator("label[for=id_answer]").inner_text()
        numbers = [DIGITS[word] for word in re.findall("[零一二三四五六七八九十]", words)]
        field.fill(str(numbers[0] - numbers[1] if "减" in words else sum(numbers)))
