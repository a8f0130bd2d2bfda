"""protect tells what is lost, tries other rules without touching anything, and leaves a page for reviewers."""

import shutil
from pathlib import Path

import pytest
from test_commands import change, contents, run

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace where the starter edition has been protected."""
    workspace = tmp_path_factory.mktemp("workspace")
    assert run(workspace, "new", str(workspace / "starter")) == 0
    for verb in ("sample", "simulate", "weigh", "estimate", "protect"):
        assert run(workspace, verb, str(workspace / "starter")) == 0
    return workspace


@pytest.fixture
def workspace(done: Path, tmp_path: Path) -> Path:
    shutil.copytree(done, tmp_path / "w")
    return tmp_path / "w"


def trial(workspace: Path, text: str) -> str:
    path = workspace / "other.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_protect_prints_what_was_lost(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "protect", str(workspace / "starter")) == 0
    out = capsys.readouterr().out
    assert "workplaces by sector" in out
    assert "together" in out
    page = workspace / "build" / "starter" / "review" / "index.html"
    assert str(page) in out
    assert "Confidential" in page.read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_result(done: Path, workspace: Path) -> None:
    assert run(workspace, "protect", str(workspace / "starter")) == 0
    for step in ("protect", "review"):
        before, after = (contents(one / "build" / "starter" / step) for one in (done, workspace))
        assert before == after


def test_other_rules_are_tried_without_touching_anything(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = trial(workspace, "[rules]\nminimum_units = 30\n\n[precision.hide]\nn = 40\n")
    before = contents(workspace)
    assert run(workspace, "protect", str(workspace / "starter"), "--try", other) == 0
    out = capsys.readouterr().out
    assert "minimum_units: 5 → 30" in out
    assert "precision.hide.n: 0 → 40" in out
    assert "Nothing was changed." in out
    assert contents(workspace) == before


def test_a_merge_can_be_tried_before_it_is_made(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = "\n".join(
        f'{what}.{language} = "Together"' for what in ("footnote",) for language in ("en", "da", "nb", "sv")
    )
    labels = texts.replace("footnote", "label")
    other = trial(
        workspace,
        f'[[merge]]\nid = "size_merged"\nbreakdown = "size"\nindicators = ["INC_ANY"]\n{texts}\n'
        f'[[merge.categories]]\ncode = "1-49"\nof = ["1-9", "10-49"]\n{labels}\n',
    )
    assert run(workspace, "protect", str(workspace / "starter"), "--try", other) == 0
    out = capsys.readouterr().out
    assert "merge size_merged (workplaces): none → 1-9+10-49 in 1 tables" in out
    assert "workplaces by size_merged" in out


def test_with_page_the_comparison_stands_on_the_reviewers_page(workspace: Path) -> None:
    other = trial(workspace, "[rules]\nminimum_units = 30\n")
    assert run(workspace, "protect", str(workspace / "starter"), "--try", other, "--page") == 0
    page = (workspace / "build" / "starter" / "review" / "index.html").read_text(encoding="utf-8")
    assert "minimum_units: 5 → 30" in page


def test_rules_below_the_floor_are_not_even_tried(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = trial(workspace, "[rules]\nminimum_units = 2\ndominance = 1\n")
    assert run(workspace, "protect", str(workspace / "starter"), "--try", other) != 0
    err = capsys.readouterr().err
    assert "E013 other.toml, line 2" in err
    assert "E013 other.toml, line 3" in err


def test_a_programme_of_which_nothing_is_left_is_refused(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(workspace, "outputs.toml", "minimum_units = 5", "minimum_units = 900")
    before = contents(workspace / "build" / "starter" / "protect")
    assert run(workspace, "protect", str(workspace / "starter")) != 0
    err = capsys.readouterr().err
    assert "D016" in err
    assert "[[merge]]" in err
    assert contents(workspace / "build" / "starter" / "protect") == before
