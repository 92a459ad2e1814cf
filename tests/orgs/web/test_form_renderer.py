"""Boxes that are written without a template look as Django's templates make them."""

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from orgs.web.form_renderer import FormRenderer, _field


class Boxes(forms.Form):
    text = forms.CharField(max_length=5, initial='x"<')
    one = forms.ChoiceField(
        choices=[("", "-"), ("1", "<b>"), ("further", [("2", "two"), ("3", "three")])], initial="2"
    )
    bare = forms.ChoiceField(choices=[("", [("4", "four"), ("5", "five")])], initial="5")
    flag = forms.BooleanField(required=False, initial=True)
    day = forms.DateField(required=False)
    hidden = forms.IntegerField(widget=forms.HiddenInput, initial=1_234_567)
    number = forms.IntegerField(min_value=2, initial=12_345, localize=True)
    several = forms.MultipleChoiceField(choices=[("1", "1"), ("2", "2")], initial=["1"])
    typed = forms.CharField(
        widget=forms.TextInput(attrs={"autofocus": True, "data-off": False}), help_text="<b>h</b>"
    )


class Templates(TemplatesSetting):
    """Django's templates for boxes, in the frames of our fields."""

    def render(self, template_name, context, request=None):
        if template_name == "django/forms/field.html":
            return _field(context)
        return super().render(template_name, context, request)


def shown(data, renderer) -> str:
    spaced = re.sub(r">\s+<", "><", str(Boxes(data, renderer=renderer)))
    return re.sub(r"\s+", " ", spaced)


@pytest.mark.parametrize(
    "data", [None, {"text": "too long<", "one": "9", "number": "1"}, {"hidden": "zz"}]
)
def test_boxes_are_the_same(data):
    assert shown(data, FormRenderer()) == shown(data, Templates())


def test_a_field_has_its_label_its_help_and_what_is_wrong():
    form = Boxes({"text": "too long"}, renderer=FormRenderer())
    text, flag, typed = (str(form[name].as_field_group()) for name in ("text", "flag", "typed"))
    assert text.startswith('<div class="field field-wrong">\n<label for="id_text">Text</label>')
    assert '<ul class="errorlist" id="id_text_error">' in text
    assert flag.startswith('<div class="field">\n<div class="field-check"><input type="checkbox"')
    assert '<div class="field-help" id="id_typed_helptext"><b>h</b></div>' in typed
