"""The page about the workflow says what the table says."""

from django.core.management import call_command
from django.utils import translation

from tasks.enums import FINAL, Status
from tasks.management.commands import draw_workflow
from tasks.workflow.rules.transitions import TRANSITIONS


def test_committed_page_is_the_generated_one():
    assert draw_workflow.PAGE.read_text(encoding="utf-8") == draw_workflow.page()


def test_page_is_the_same_in_every_language():
    with translation.override("zh-hans"):
        assert draw_workflow.page() == draw_workflow.PAGE.read_text(encoding="utf-8")


def test_every_row_of_the_table_is_a_line():
    lines = [line for line in draw_workflow.tasks().splitlines() if line.startswith("| `")]
    assert len(lines) == len(Status) + sum(len(rows) for rows in TRANSITIONS.values())


def test_final_states_end_the_picture():
    ends = [
        line.split()[0] for line in draw_workflow.tasks().splitlines() if line.endswith("--> [*]")
    ]
    assert ends == [status.value for status in Status if status in FINAL]


def test_command_writes_the_page(tmp_path, settings, monkeypatch):
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(draw_workflow, "PAGE", tmp_path / "workflow.md")
    call_command("draw_workflow")
    assert (tmp_path / "workflow.md").read_text(encoding="utf-8") == draw_workflow.page()
