"""Sentences that are stored: whoever reads them gets them in their own language."""

import copy
import pickle

import pytest
from django.utils import translation

from orgs.enums import UnitKind
from orgs.models import Attachment
from orgs.values.sentences import Sentence, SentenceField, of, restored
from orgs.values.sentences import gettext as _

FIELD = SentenceField(max_length=60)


def kept(sentence: str) -> str:
    return FIELD.get_prep_value(sentence)


def shown(text: str) -> str:
    return FIELD.from_db_value(text, None, None)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_sentence_is_shown_in_the_readers_language(language):
    with translation.override(language):
        plain, numbered = (
            kept(_("The sheet holds no rows.")),
            kept(_("Row %(row)d has this room too.") % {"row": 3}),
        )
    with translation.override("en"):
        assert (shown(plain), shown(numbered)) == (
            "The sheet holds no rows.",
            "Row 3 has this room too.",
        )
    with translation.override("zh-hans"):
        assert shown(numbered) == "第 3 行也是这个房号。"
        # What is shown can be kept and looked for again: it is the same.
        assert kept(shown(numbered)) == numbered


def test_arguments_that_are_words_are_translated_too():
    with translation.override("zh-hans"):
        inner = _("Row %(row)d has this room too.") % {"row": 3}
        sentence = _("%(name)s cannot be called here.") % {"name": inner}
        labelled = _("%(name)s cannot be called here.") % {"name": UnitKind.STREET.label}
    with translation.override("en"):
        assert restored(sentence.stored) == "Row 3 has this room too. cannot be called here."
        assert restored(labelled.stored) == "street cannot be called here."


def test_a_librarys_text_is_a_sentence_too():
    with translation.override("zh-hans"):
        text = kept(of(UnitKind.STREET.label))
    with translation.override("en"):
        assert shown(text) == "street"


@pytest.mark.parametrize(
    "text", ["表中没有数据。", "100% of it", "[not json", '["not json', '["three", 1, 2]', ""]
)
def test_what_was_kept_before_stands_as_it_is(text):
    assert shown(text) == text
    assert kept(text) == text


def test_a_sentence_that_is_too_long_loses_the_end_of_its_longest_argument():
    sentence = _("%(name)s cannot be called here.") % {"name": "好" * 80}
    text = kept(sentence)
    assert len(text) <= FIELD.max_length
    with translation.override("en"):
        assert shown(text).endswith("好… cannot be called here.")


def test_numbers_are_kept_whole_and_texts_are_cut():
    numbered = kept(_("%(name)s: row %(row)d") % {"name": "好" * 80, "row": 1234567})
    assert len(numbered) <= FIELD.max_length
    with translation.override("en"):
        assert shown(numbered).endswith("好…: row 1234567")
    # Nothing is left to take from: it stands as it reads now.
    assert kept(_("x" * 58 + "%(row)d") % {"row": 12345}) == "x" * 58 + "12"
    assert kept("好" * 80) == "好" * 60
    assert kept(_("y" * 80)) == "y" * 60


def test_copies_are_sentences():
    sentence = _("Row %(row)d has this room too.") % {"row": 3}
    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):
        assert isinstance(twin, Sentence)
        assert (twin, twin.stored) == (sentence, sentence.stored)


def test_migrations_see_plain_text():
    assert Attachment._meta.get_field("reason").deconstruct()[1] == "django.db.models.CharField"
