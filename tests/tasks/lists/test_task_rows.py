"""A row of a list, which is written without a template: what it says, and that nothing gets through it."""

import pytest
from django.template import engines
from django.utils import timezone

from orgs.scoping import forget_reach
from tasks.lists.desk import with_rule
from tasks.lists.rows import as_rows
from tasks.models import Task
from tasks.workflow.queries import read_parts
from tests import factories as make

ROW = "{% load task_rows %}{% task_row row back=back %}"


@pytest.fixture
def written(cast):
    """Writes the only task's row as the community worker reads it."""

    def write(back="", **context):
        forget_reach(cast.community_worker)
        tasks = list(with_rule(Task.objects.all()))
        read_parts(tasks)
        [row] = as_rows(tasks, cast.community_worker, timezone.now())
        template = engines["django"].from_string(ROW)
        return template.render(
            {"row": row, "now": timezone.now(), "back": back, "csrf_token": "x", **context}
        )

    return write


def test_what_people_wrote_is_escaped(cast, written):
    make.task(cast, title="<script>alert(1)</script>")
    row = written(bulk_actions=["accept"], back='/"><b>')
    assert "<script>" not in row
    assert '"><b>' not in row
    assert row.count("&lt;script&gt;") == 3  # the box to tick, the link, the button


def test_a_box_to_tick_stands_only_where_something_is_done_with_many(cast, written):
    task = make.task(cast)
    assert f'name="numbers" value="{task.number}"' in written(bulk_actions=["accept"])
    assert 'type="checkbox"' not in written()


def test_a_step_of_one_click_is_a_form_that_returns_to_the_list(cast, written):
    make.task(cast)
    row = written(back="/inbox/")
    assert '<input type="hidden" name="next" value="/inbox/">' in row
    assert 'name="csrfmiddlewaretoken" value="x"' in row
