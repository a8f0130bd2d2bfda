"""A site that follows its texts: problems are listed, and the last good site stays."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from barometer import pipeline
from barometer.cli._site_preview import _answer
from barometer.edition import starter
from barometer.files import create_folder
from barometer.pipeline.previewing import Preview
from barometer.publication import PROBLEMS, STATE

NOW = datetime(2026, 3, 2, 16, 31, tzinfo=UTC)
STEPS = ("sample", "answers", "weigh", "estimate", "protect")
ABOUT = "texts/en/about.md"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter edition up to its protected release, made once."""
    root = tmp_path_factory.mktemp("workspace")
    create_folder(root / "example", starter(approvals=0))
    desk = pipeline.open_desk(root / "example", root)
    for step in STEPS:
        pipeline.ACTIONS[step](desk)
    return root


@pytest.fixture
def preview(workspace: Path) -> Iterator[Preview]:
    """A preview after its first look; the folder is as it was for the next test."""
    before = {name: content for name, content in starter(approvals=0).items() if name.startswith("texts/en")}
    preview = Preview(workspace / "example", workspace)
    preview.look(NOW)
    assert preview.problems == ()
    yield preview
    for name, content in before.items():
        (workspace / "example" / name).write_bytes(content)


def after(preview: Preview, workspace: Path, text: str, name: str = ABOUT) -> list[tuple[str, str, int]]:
    """What is told after a text was changed."""
    (workspace / "example" / name).write_text(text, encoding="utf-8")
    preview.look(NOW)
    return [(one.code, one.place.file, one.place.line) for one in preview.problems if one.code != "E036"]


def page(preview: Preview, path: str = "en/about.html") -> str:
    content = preview.file(path)
    assert content is not None
    return content.decode()


def test_a_changed_text_is_on_the_page_after_the_next_look(preview: Preview, workspace: Path) -> None:
    state = preview.file(STATE)
    assert after(preview, workspace, "# About\n\nQuite another text.\n") == []
    assert "Quite another text." in page(preview)
    assert preview.file(STATE) != state and preview.older == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('One.\n\n{{ share("INC_ANU") }}', ("E032", ABOUT, 3)),
        ('More.\n{{ claim("NOV_REUSE", sector="municipality < state") }}', ("P001", ABOUT, 2)),
        ("{{ share(", None),
        (" ", ("E006", ABOUT, 0)),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_last_good_site_stays(
    preview: Preview, workspace: Path, text: str, told: tuple[str, str, int] | None
) -> None:
    before = page(preview)
    found = after(preview, workspace, text)
    if told is None:  # braces that never close are no call
        assert found == []
        return
    assert told in found and preview.errors
    assert before.split("<main")[1] == page(preview).split("<main")[1]
    assert told[0] in page(preview, PROBLEMS) and told[1] in page(preview, PROBLEMS)


def test_a_mended_text_leaves_no_problem_behind(preview: Preview, workspace: Path) -> None:
    assert after(preview, workspace, '{{ share("NONE") }}') != []
    sound = starter()[ABOUT].decode()
    assert after(preview, workspace, f"{sound}\nMended.\n") == []
    assert "No problems." in page(preview, PROBLEMS) and "Mended." in page(preview)


def test_a_text_that_is_missing_in_a_language_is_told(preview: Preview, workspace: Path) -> None:
    extra = workspace / "example" / "texts" / "en" / "more.md"
    extra.write_text("# More\n", encoding="utf-8")
    preview.look(NOW)
    extra.unlink()
    assert {one.place.file for one in preview.problems} == {f"texts/{code}/more.md" for code in ("da", "nb", "sv")}


def test_numbers_older_than_the_definitions_are_told(preview: Preview, workspace: Path) -> None:
    assert preview.older == ""
    path = workspace / "example" / "indicators.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(
        before.replace("numerator = \"process == 'yes'", "numerator = \"process == 'no'", 1), encoding="utf-8"
    )
    preview.look(NOW)
    path.write_text(before, encoding="utf-8")
    assert "'answers' is stale (edition/indicators.toml changed)" in preview.older
    assert preview.older in page(preview, PROBLEMS).replace("&#39;", "'")


def test_labels_are_new_at_once_and_make_no_number_older(preview: Preview, workspace: Path) -> None:
    path = workspace / "example" / "indicators.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('en = "New or changed service', 'en = "Brand new service', 1), encoding="utf-8")
    preview.look(NOW)
    path.write_text(before, encoding="utf-8")
    assert preview.older == ""
    assert "Brand new service" in page(preview, "en/indicators.html")


def test_open_data_are_made_anew_when_labels_change_and_kept_when_only_texts_do(
    preview: Preview, workspace: Path
) -> None:
    name = "open-data/en/workplaces-sector.json"
    first = preview.file(name)
    after(preview, workspace, "# About\n\nAnother text.\n")
    assert preview.file(name) is first
    path = workspace / "example" / "indicators.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('en = "New or changed service', 'en = "Brand new service', 1), encoding="utf-8")
    preview.look(NOW)
    path.write_text(before, encoding="utf-8")
    assert "Brand new service" in page(preview, name)


def test_without_a_protected_release_the_door_tells_what_to_run(workspace: Path, tmp_path: Path) -> None:
    preview = Preview(workspace / "example", tmp_path)
    preview.look(NOW)
    assert [one.code for one in preview.problems] == ["B005"]
    assert "barometer protect" in page(preview, "") and preview.file("en/index.html") is None


def test_a_folder_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    preview = Preview(tmp_path / "none", tmp_path)
    preview.look(NOW)
    assert [one.code for one in preview.problems] == ["B001"]


def test_nothing_is_stored(preview: Preview, workspace: Path) -> None:
    page(preview, "en/index.html")
    assert not (workspace / "releases").exists()
    assert sorted(path.name for path in (workspace / "build" / "example").iterdir()) == sorted(STEPS)


# --- The server ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/en/", "text/html; charset=utf-8"),
        ("/en/index.html?from=mail", "text/html; charset=utf-8"),
        ("/site.css", "text/css; charset=utf-8"),
        ("/en/leaflet.pdf", "application/pdf"),
        ("/_draft/state", "text/html; charset=utf-8"),
    ],
)
def test_files_are_served_with_their_type(preview: Preview, target: str, kind: str) -> None:
    status, found, content = _answer(preview, target, "localhost:8090")
    assert (status, found) == (200, kind) and content


@pytest.mark.parametrize("target", ["/none.html", "/../edition.toml", "/%2e%2e/edition.toml", "/en/%00"])
def test_nothing_but_the_site_is_served(preview: Preview, target: str) -> None:
    assert _answer(preview, target, "127.0.0.1:8090")[0] == 404


@pytest.mark.parametrize("host", ["", "example.org", "localhost.example.org:8090"])
def test_other_names_than_this_machines_are_refused(preview: Preview, host: str) -> None:
    assert _answer(preview, "/en/index.html", host)[0] == 421
