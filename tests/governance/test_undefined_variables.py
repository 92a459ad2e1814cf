"""The net that catches undefined variables is itself tried: a hole in it would hide everything."""

import pytest
from django.template import Context, Engine, Origin, Template

from tests.undefined_variables import OURS


def rendered(place: str) -> str:
    template = Template("[{{ nobody_sets_this }}]", Origin(place), engine=Engine.get_default())
    return template.render(Context())


def test_an_undefined_variable_fails_in_our_templates_only():
    with pytest.raises(pytest.fail.Exception, match="nobody_sets_this"):
        rendered(f"{OURS}/tasks/task.html")
    assert rendered("a library's template") == "[]"
