"""One comparing form of names: what is the same name, what is not, and what stays hidden."""

import pytest

from orgs.values.names import compared, is_visible, shown, squeezed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("赵　四", "赵四"),
        ("\u202d赵四\u202c", "赵四"),
        ("赵\u200b四", "赵四"),
        ("甲４栋", "甲4栋"),
        ("Ａ栋", "a栋"),
        ("5 栋", "5栋"),
        ("买买提•热合曼", "买买提·热合曼"),
        ("买买提 ・ 热合曼", "买买提·热合曼"),
        ("买买提．热合曼", "买买提‧热合曼"),
        ("一期－2", "一期—2"),
        ("John  SMITH", "john smith"),
        ("黄州物业（集团）", "黄州物业(集团)"),
    ],
)
def test_ways_of_writing_one_name(first, second):
    assert compared(first) == compared(second)


@pytest.mark.parametrize(("first", "second"), [("赵四", "赵五"), ("John Smith", "Johnsmith")])
def test_names_that_are_two(first, second):
    assert compared(first) != compared(second)


def test_a_foreign_name_without_its_blank_is_asked_about():
    assert squeezed("John Smith") == squeezed("Johnsmith")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 赵　四 ", "赵四"),
        ("丽景 小区", "丽景小区"),
        ("甲４栋", "甲４栋"),
        ("买买提 • 热合曼", "买买提·热合曼"),
        ("John  Smith", "John Smith"),
        ("\u200b\u3164", ""),
    ],
)
def test_what_is_shown_keeps_its_letters(typed, kept):
    assert shown(typed) == kept


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u202d\u202c", "\u3164", "\u2800", "\ufeff"])
def test_what_shows_nothing(text):
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["1", "。", "😀", "赵"])
def test_what_shows_something(text):
    assert is_visible(text)
