"""The build folder and the releases: all at once or not at all, whatever happens in between."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from barometer.files import Build, Releases, create_folder, digest, read_file, read_folder
from barometer.problems import BadInput

KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from barometer import files

root, after = Path(sys.argv[1]), int(sys.argv[2])
real_rename, real_open, calls = Path.rename, Path.open, 0

def count():
    global calls
    calls += 1
    if calls == after:
        os.kill(os.getpid(), signal.SIGKILL)

def rename(self, target):
    count()
    result = real_rename(self, target)
    count()
    return result

def opened(self, *arguments, **options):
    if arguments[:1] == ("wb",):
        count()
    return real_open(self, *arguments, **options)

Path.rename, Path.open = rename, opened
build = files.Build(root)
with build.lock():
    build.write("weigh", {"a.parquet": b"new a", "b.parquet": b"new b"}, {"step": "weigh"})
print("ended by itself")
"""


def code(caught: pytest.ExceptionInfo[BadInput]) -> str:
    return caught.value.problems[0].code


def test_a_step_is_read_back_as_written(tmp_path: Path) -> None:
    build = Build(tmp_path / "edition")
    with build.lock():
        build.write("sample", {"w.parquet": b"units", "deep/x.json": b"{}"}, {"seed": 7})
    assert build.read("sample", "sample") == {"w.parquet": b"units", "deep/x.json": b"{}"}
    record = build.provenance("sample")
    assert record is not None
    assert record["seed"] == 7
    assert record["outputs"]["w.parquet"] == digest(b"units")


def test_a_step_not_done_names_the_command_that_does_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        Build(tmp_path).read("weigh", "weigh")
    assert code(caught) == "B005"
    assert "barometer weigh" in caught.value.problems[0].way_out


def test_an_edited_output_is_refused(tmp_path: Path) -> None:
    build = Build(tmp_path)
    with build.lock():
        build.write("weigh", {"a.parquet": b"right"}, {})
    (tmp_path / "weigh" / "a.parquet").write_bytes(b"wrong")
    with pytest.raises(BadInput) as caught:
        build.read("weigh", "weigh")
    assert code(caught) == "B006"
    assert build.damaged("weigh") == ("a.parquet",)


def test_a_cut_off_sidecar_counts_as_not_done(tmp_path: Path) -> None:
    build = Build(tmp_path)
    with build.lock():
        build.write("weigh", {"a.parquet": b"right"}, {})
    (tmp_path / "weigh" / "provenance.json").write_bytes(b'{"step": "we')
    assert build.provenance("weigh") is None


def test_two_commands_cannot_share_a_build_folder(tmp_path: Path) -> None:
    with Build(tmp_path).lock(), pytest.raises(BadInput) as caught, Build(tmp_path).lock():
        pass
    assert code(caught) == "B004"


@pytest.mark.parametrize("after", range(1, 9))
def test_kill_9_at_any_moment_leaves_the_old_or_the_new_state(tmp_path: Path, after: int) -> None:
    build = Build(tmp_path)
    old = {"a.parquet": b"old a", "b.parquet": b"old b"}
    with build.lock():
        build.write("weigh", old, {"step": "weigh"})
    child = subprocess.run(
        [sys.executable, "-c", KILLED_WRITER, str(tmp_path), str(after)], capture_output=True, check=False
    )
    assert child.returncode == (-9 if after < 8 else 0), child.stderr
    with build.lock():
        assert build.read("weigh", "weigh") in (old, {"a.parquet": b"new a", "b.parquet": b"new b"})
    assert {path.name for path in tmp_path.iterdir()} == {"weigh", ".lock"}


def test_releases_are_numbered_and_equal_ones_not_repeated(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "r")
    assert releases.add({"data/a.csv": b"1"}, {}) == (1, True)
    assert releases.add({"data/a.csv": b"1"}, {}) == (1, False)
    assert releases.add({"data/a.csv": b"2"}, {"edition": "e"}) == (2, True)
    assert releases.numbers() == (1, 2)
    assert releases.read(2) == {"data/a.csv": b"2"}
    assert json.loads((tmp_path / "r" / "2" / "manifest.json").read_bytes())["edition"] == "e"


def test_a_release_changed_afterwards_is_refused(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    releases.add({"a.csv": b"1"}, {})
    (tmp_path / "1" / "a.csv").write_bytes(b"9")
    with pytest.raises(BadInput) as caught:
        releases.read(1)
    assert code(caught) == "B007"
    (tmp_path / "1" / "manifest.json").write_bytes(b"{")
    with pytest.raises(BadInput) as caught:
        releases.read(1)
    assert code(caught) == "B007"


def test_new_never_writes_into_a_folder_that_exists(tmp_path: Path) -> None:
    create_folder(tmp_path / "new", {"edition.toml": b"id"})
    with pytest.raises(BadInput) as caught:
        create_folder(tmp_path / "new", {"edition.toml": b"other"})
    assert code(caught) == "B003"
    assert (tmp_path / "new" / "edition.toml").read_bytes() == b"id"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput) as caught:
        create_folder(tmp_path / "file" / "edition", {"edition.toml": b"id"})
    assert code(caught) == "B008"


def test_folders_and_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_folder(tmp_path / "none")
    assert code(caught) == "B001"
    with pytest.raises(BadInput) as caught:
        read_file(tmp_path / "none.csv")
    assert code(caught) == "B002"


def test_hidden_and_temporary_files_are_not_part_of_an_edition(tmp_path: Path) -> None:
    for name in ("edition.toml", ".hidden", "~$book.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    assert set(read_folder(tmp_path)) == {"edition.toml"}
