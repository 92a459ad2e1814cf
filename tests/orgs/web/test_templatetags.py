"""Icons, times, lights, steps, empty states, names."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from orgs.templatetags import portal

# Sunday 22 November 2026, 14:30 in Shanghai.
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def render(source, **context):
    return Template(source).render(Context(context))


def words(html):
    """What is between the tags."""
    return html.split(">", 1)[1].rsplit("<", 1)[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW, "today 14:30"),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), "today 00:00"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "tomorrow 00:00"),
        (datetime(2026, 11, 20, 0, 30, tzinfo=UTC), "Fri 20 Nov 08:30"),
        (datetime(2025, 12, 31, 1, 5, tzinfo=UTC), "31 Dec 2025 09:05"),
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 3), "Tue 3 Nov"),
    ],
)
def test_when_says_days_by_their_distance(value, expected):
    assert words(portal.when(value, NOW)) == expected


def test_when_keeps_the_full_time_for_machines_and_on_hover():
    assert portal.when(NOW, NOW) == (
        '<time datetime="2026-11-22T14:30:00+08:00" title="Sunday 22 November 2026, 14:30">'
        "today 14:30</time>"
    )


def test_no_time_is_nothing():
    assert (portal.when(None, NOW), portal.left(None, NOW)) == ("", "")


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (timedelta(hours=3, minutes=20, seconds=59), "3 h 20 min left"),
        (timedelta(hours=3), "3 h left"),
        (timedelta(days=2, hours=3), "2 d 3 h left"),
        (timedelta(days=2, minutes=59), "2 d left"),
        (timedelta(minutes=5), "5 min left"),
        (timedelta(0), "less than a minute left"),
        (timedelta(seconds=-1), "less than a minute overdue"),
        (timedelta(days=-1), "1 d overdue"),
        (timedelta(hours=-26), "1 d 2 h overdue"),
    ],
)
def test_left_counts_in_two_parts(distance, expected):
    assert portal.left(NOW + distance, NOW) == expected


def test_icons_are_inline_and_hidden_from_screen_readers():
    html = render('{% icon "home" "icon-big" %}')
    assert html.startswith('<svg class="icon icon-big" viewBox="0 0 24 24"')
    assert 'aria-hidden="true"' in html
    assert html.count("<svg") == 1


def test_an_unknown_icon_is_an_error_of_the_page():
    with pytest.raises(FileNotFoundError):
        portal.icon("no-such-icon")


@pytest.mark.parametrize(
    ("value", "word"), [("green", "in time"), ("yellow", "due soon"), ("red", "overdue")]
)
def test_a_light_is_never_colour_alone(value, word):
    html = render("{% light value %}", value=value)
    assert f"light-{value}" in html
    assert f"<span>{word}</span>" in html
    assert "<svg" in html


def test_a_light_with_its_own_words():
    assert "<span>3 h left</span>" in render('{% light "red" "3 h left" %}')


def test_what_has_no_light_shows_none():
    assert render('{% light "" %}').strip() == ""


def test_steps_tell_their_state_in_words_and_mark_the_present_one():
    process = [
        portal.Step("reported", "done", NOW),
        portal.Step("whistled", "now"),
        portal.Step("rated", "todo"),
    ]
    html = render("{% steps process %}", process=process, now=NOW)
    assert html.count("<li") == 3
    assert html.count('aria-current="step"') == 1
    assert [word in html for word in ("(done)", "(now)", "(to come)")] == [True] * 3
    assert "today 14:30" in html


def test_an_empty_state_says_how_to_start():
    html = render(
        '{% empty_state "No reports yet" start="Take a photo" url="/r/" action="Report" %}'
    )
    assert [part in html for part in ("No reports yet", "Take a photo", 'href="/r/"')] == [True] * 3


def test_pagination_shows_only_the_ways_there_are():
    assert render("{% pagination %}").strip() == ""
    html = render('{% pagination next="?cursor=b" %}')
    assert 'rel="next" href="?cursor=b"' in html
    assert "prev" not in html


def test_names_and_numbers_are_masked():
    assert portal.person("王小明") == "王**"
    assert portal.phone_mask("13812345678") == "138****5678"


def test_a_limit_ends_at_twenty_four_rather_than_on_the_next_day():
    moment = datetime.fromisoformat("2026-12-01T00:00:00+08:00")
    now = datetime.fromisoformat("2026-11-29T10:00:00+08:00")
    with translation.override("zh-hans"):
        shown = portal.limit(moment, now)
    assert re.sub("<[^>]+>", "", shown) == "明天 24:00"
    assert "24:00" in shown.partition(">")[0]
    later = moment + timedelta(minutes=1)
    assert portal.limit(later, now) == portal.when(later, now)
    assert portal.limit(None, now) == ""


def test_what_waits_says_how_long():
    now = datetime.fromisoformat("2026-11-29T10:00:00+08:00")
    with translation.override("zh-hans"):
        assert portal.waited(now - timedelta(hours=3, minutes=15), now) == "已等待 3 小时 15 分钟"
        assert portal.waited(now + timedelta(hours=1), now) == "已等待 不到 1 分钟"
