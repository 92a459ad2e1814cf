"""Words that Chinese says otherwise here than on the other pages that share their English."""

from django.utils import translation

from residents.deliberation.models import PollObjection, RollEntry, TopicObjection


def test_words_of_polls_are_not_those_of_other_pages():
    with translation.override("zh-hans"):
        for model, name, words in (
            (RollEntry, "is_void", "已剔除"),
            (PollObjection, "answered_at", "答复时间"),
            (TopicObjection, "answered_at", "答复时间"),
        ):
            assert str(model._meta.get_field(name).verbose_name) == words
        for context, text, words in (
            ("what is contested", "Decide", "裁定"),
            ("of a poll", "Result", "表决结果"),
            ("number of them", "People", "人数"),
            ("to a comment", "Answers", "回复"),
            ("an option", "chosen", "入选"),
        ):
            assert translation.pgettext(context, text) == words
