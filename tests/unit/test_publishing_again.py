"""Publishing again makes anew what has changed and nothing else; it gives the bytes of publishing from scratch."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from barometer import files, pipeline
from barometer.edition import starter
from barometer.files import create_folder
from barometer.pipeline import Desk, open_desk, propose_release, publish_release, stale
from barometer.pipeline._publishing import kept_sites
from barometer.problems import BadInput

pytestmark = pytest.mark.thorough  # whole publications, again and again
STEPS = ("sample", "answers", "weigh", "estimate", "protect")
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter edition in one language, up to its protected release and published once."""
    root = tmp_path_factory.mktemp("workspace")
    create_folder(root / "example", starter(approvals=0))
    desk = open_desk(root / "example", root)
    for step in STEPS:
        pipeline.ACTIONS[step](desk)
    publish_release(desk, NOW)
    return root


@pytest.fixture
def workspace(protected: Path, tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    shutil.copytree(protected, root, symlinks=True)
    return root


def desk(workspace: Path) -> Desk:
    return open_desk(workspace / "example", workspace)


def change(workspace: Path, name: str, old: str, new: str) -> None:
    path = workspace / "example" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def published(workspace: Path, number: int) -> Mapping[str, bytes]:
    return desk(workspace).releases.read(number, "site/")


def from_scratch(workspace: Path, tmp_path: Path) -> Mapping[str, bytes]:
    """The site of the same edition and the same protected release in a workspace that has published nothing."""
    other = tmp_path / "scratch"
    shutil.copytree(workspace / "example", other / "example")
    shutil.copytree(workspace / "build", other / "build", ignore=shutil.ignore_patterns("publish", "published-*"))
    publish_release(desk(other), NOW)
    return published(other, 1)


WORDS = {
    "a text": ("texts/en/about.md", "# ", "# Otherwise: "),
    "a label": ("indicators.toml", 'en = "New or changed service', 'en = "Brand new service'),
    "a claim's sentence": ("outputs.toml", 'label = { en = "', 'label = { en = "Otherwise: '),
}


@pytest.mark.parametrize("what", WORDS)
def test_other_words_are_published_as_if_from_scratch_and_no_number_is_made_again(
    workspace: Path, tmp_path: Path, what: str
) -> None:
    change(workspace, *WORDS[what])
    assert {step: stale(desk(workspace), step) for step in STEPS} == dict.fromkeys(STEPS, ())
    assert stale(desk(workspace), "publish")
    assert publish_release(desk(workspace), NOW).line.startswith("release 2")
    assert published(workspace, 2) == from_scratch(workspace, tmp_path)
    assert published(workspace, 2) != published(workspace, 1)


def test_a_released_file_that_was_changed_by_hand_is_told_and_not_taken(workspace: Path) -> None:
    path = workspace / "releases" / "example" / "1" / "site" / "en" / "methods.html"
    path.write_bytes(b"<p>By hand</p>")
    change(workspace, *WORDS["a text"])
    with pytest.raises(BadInput, match="B007"):
        publish_release(desk(workspace), NOW)
    assert desk(workspace).releases.numbers() == (1,)


def test_a_proposed_file_that_was_changed_by_hand_is_not_taken(workspace: Path, tmp_path: Path) -> None:
    change(workspace, *WORDS["a text"])
    propose_release(desk(workspace), NOW, {})
    proposed = workspace / "build" / "example" / "candidate" / "2" / "site" / "en"
    (proposed / "about.html").write_bytes(b"<p>By hand</p>")
    (proposed / "methods.html").unlink()
    shutil.rmtree(workspace / "build" / "example" / "publish")
    publish_release(desk(workspace), NOW)
    assert published(workspace, 2) == from_scratch(workspace, tmp_path)


def test_a_publication_cut_off_before_its_record_is_done_again_from_what_is_there(workspace: Path) -> None:
    shutil.rmtree(workspace / "build" / "example" / "publish")
    assert stale(desk(workspace), "publish") == ("not done yet",)
    assert publish_release(desk(workspace), NOW).line.endswith("unchanged")


def test_what_is_told_of_an_earlier_site_is_not_believed_once_it_was_changed(workspace: Path) -> None:
    assert len(kept_sites(desk(workspace))) == 1
    path = workspace / "build" / "example" / "publish" / "made" / "1.json"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    assert kept_sites(desk(workspace)) == ()
    assert publish_release(desk(workspace), NOW).line.endswith("unchanged")


def test_another_program_makes_everything_anew(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk(workspace).build.read("publish", "publish")["made/1.json"]
    publish_release(desk(workspace), NOW)
    assert desk(workspace).build.read("publish", "publish")["made/1.json"] == made
    monkeypatch.setattr(files, "program_digest", lambda: "another")
    assert publish_release(desk(workspace), NOW).line.endswith("unchanged")
    assert desk(workspace).build.read("publish", "publish")["made/1.json"] != made


def test_a_page_that_is_not_wanted_any_more_is_not_in_the_next_release(workspace: Path, tmp_path: Path) -> None:
    for code in ("da", "en", "nb", "sv"):
        (workspace / "example" / "texts" / code / "more.md").write_text("# More\n", encoding="utf-8")
    publish_release(desk(workspace), NOW)
    assert "site/en/texts/more.html" in published(workspace, 2)
    for code in ("da", "en", "nb", "sv"):
        (workspace / "example" / "texts" / code / "more.md").unlink()
    publish_release(desk(workspace), NOW)
    assert published(workspace, 3) == published(workspace, 1)


def test_a_claim_of_something_else_makes_protection_stale_since_its_cells_are_spared(workspace: Path) -> None:
    path = workspace / "example" / "outputs.toml"
    text = path.read_text(encoding="utf-8")
    claim = (
        '\n[[claim]]\nid = "new"\nindicator = "INC_SERV"\nbreakdown = "sector"\nclaim = "state ~ municipality"\n'
        'text = { en = "A", da = "A", nb = "A", sv = "A" }\n'
    )
    path.write_text(text + claim, encoding="utf-8")
    assert stale(desk(workspace), "estimate") == ()
    assert stale(desk(workspace), "protect") == ("edition/outputs.toml: claims changed",)
