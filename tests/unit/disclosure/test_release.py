"""The release: who may make one, its files, and what is refused."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import Release, open_release, protect, release_files
from barometer.problems import BadInput
from disclosure_examples import Case, edition, estimates

EDITION = edition(
    {"region": ("north", "east", "south")},
    {"q": ("yes", "no")},
    {"DID": "q == 'yes'"},
    {"region": "region"},
)
ANSWERS = {"north": "yes yes no no", "east": "yes no no", "south": "yes yes yes"}
CASES: list[Case] = [
    {"unit": f"{region} {number}", "region": region, "q": answer}
    for region, told in ANSWERS.items()
    for number, answer in enumerate(told.split())
]


@pytest.fixture(scope="module")
def release() -> Release:
    return protect(EDITION, estimates(EDITION, CASES))


def parts(release: Release) -> dict[str, object]:
    names = ("edition", "synthetic", "cells", "contrasts", "response", "diagnostics", "footnotes", "audit")
    return {name: getattr(release, name) for name in names}


def codes(files: dict[str, bytes]) -> set[str]:
    with pytest.raises(BadInput) as caught:
        open_release(files)
    return {problem.code for problem in caught.value.problems}


def resealed(files: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """As somebody would who also mends the checksum."""
    head = json.loads(files["release.json"])
    head["sha256"][name] = hashlib.sha256(content).hexdigest()
    return {**files, name: content, "release.json": json.dumps(head).encode()}


def test_nobody_else_can_make_a_release(release: Release) -> None:
    with pytest.raises(TypeError, match="never by hand"):
        Release(**parts(release))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="never by hand"):
        Release(**parts(release), seal=object())  # type: ignore[arg-type]


def test_a_release_cannot_be_altered(release: Release) -> None:
    opened = {**parts(release), "cells": release.cells.with_columns(status=pl.lit(""))}
    with pytest.raises((TypeError, ValueError)):
        replace(release, cells=opened["cells"])  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        release.cells = opened["cells"]  # type: ignore[misc, assignment]


def test_files_are_the_same_for_the_same_release_and_open_again(release: Release) -> None:
    files = release_files(release)
    assert files == release_files(protect(EDITION, estimates(EDITION, CASES)))
    again = open_release(files)
    assert again.cells.equals(release.cells)
    assert again.contrasts.equals(release.contrasts)
    assert (again.edition, again.synthetic, again.audit) == (release.edition, release.synthetic, release.audit)
    assert again.footnotes == release.footnotes
    assert release_files(again) == files


def test_missing_files_are_all_named(release: Release) -> None:
    files = release_files(release)
    del files["cells.csv"], files["audit.json"]
    with pytest.raises(BadInput) as caught:
        open_release(files)
    assert [(one.code, one.place.file) for one in caught.value.problems] == [
        ("D001", "cells.csv"),
        ("D001", "audit.json"),
    ]


@pytest.mark.parametrize("name", ["cells.csv", "contrasts.parquet", "audit.json"])
def test_a_changed_file_is_refused(release: Release, name: str) -> None:
    files = release_files(release)
    assert "D002" in codes({**files, name: files[name].replace(b"c", b"d")} if name != "audit.json" else
                           {**files, name: files[name] + b" "})  # fmt: skip


def test_unreadable_files_are_refused(release: Release) -> None:
    files = release_files(release)
    assert codes({**files, "release.json": b"{"}) == {"D003"}
    assert codes({**files, "audit.json": b"{}"}) == {"D003"}
    assert "D003" in codes(resealed(files, "cells.parquet", b"not parquet"))


def test_a_release_without_passed_audit_is_refused(release: Release) -> None:
    files = release_files(release)
    audit = {**json.loads(files["audit.json"]), "passed": False}
    assert codes(resealed(files, "audit.json", json.dumps(audit).encode())) == {"D004"}


def written(change: Callable[[pl.DataFrame], pl.DataFrame], release: Release) -> bytes:
    content = io.BytesIO()
    change(release.cells).write_parquet(content)
    return content.getvalue()


def test_numbers_in_hidden_cells_are_refused(release: Release) -> None:
    files = release_files(release)
    leaking = written(lambda cells: cells.with_columns(n=pl.lit(5, dtype=pl.Int64)), release)
    assert codes(resealed(files, "cells.parquet", leaking)) == {"D005"}


def test_differences_with_hidden_cells_are_refused() -> None:
    names = ("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing")

    def hide_all(cells: pl.DataFrame) -> pl.DataFrame:
        nothing = {name: pl.lit(None, dtype=cells.schema[name]) for name in names}
        return cells.with_columns(status=pl.lit("c"), **nothing)

    mixed: list[Case] = [
        {"unit": number, "region": case["region"], "q": ("yes", "no")[number % 2]}
        for number, case in enumerate(CASES * 4)
    ]
    shown = protect(EDITION, estimates(EDITION, mixed))
    assert shown.contrasts.height
    assert codes(resealed(release_files(shown), "cells.parquet", written(hide_all, shown))) == {"D005"}


def test_every_table_says_whether_its_answers_are_made_up(release: Release) -> None:
    files = release_files(release)
    for name, content in files.items():
        if name.endswith(".csv"):
            assert content.startswith(b"edition,synthetic,")
        if name.endswith(".parquet"):
            told = pl.read_parquet_metadata(io.BytesIO(content))
            assert told["synthetic"] == str(release.synthetic).lower()
            assert told["edition"] == release.edition
