"""The release: the one object that leaves the room, and its files."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, asdict, dataclass, fields
from typing import Any

import polars as pl

from barometer.problems import BadInput, Place, Problem
from barometer.tables import (
    DIAGNOSTICS,
    RELEASED_CELLS,
    RELEASED_CONTRASTS,
    RESPONSE,
    Column,
    check_columns,
)

SEAL = object()
"""Held by this room alone; what carries it was made by `protect` or `open_release`."""

TABLES: dict[str, Sequence[Column]] = {
    "cells": RELEASED_CELLS,
    "contrasts": RELEASED_CONTRASTS,
    "response": RESPONSE,
    "diagnostics": DIAGNOSTICS,
}
FORMAT = 1


@dataclass(frozen=True)
class Audit:
    """What may be told in public about the audit.

    `sensitive` gives, by rule, how many cells were hidden for their own sake, rounded up to a multiple of five:
    exact small counts would help to tell these cells from those hidden only to protect them.
    """

    passed: bool
    cells: int  # all cells of the cube
    published: int
    hidden: int  # status 'c'
    empty: int  # status 'z'
    uncertain: int  # status 'q', hidden for their precision and not for anybody's sake
    needs: int  # requirements checked, each 'the interval left to an attacker must be at least this wide'
    met: int  # requirements met; equals needs when passed
    sensitive: Mapping[str, int]
    assumptions: tuple[str, ...]  # plain English


@dataclass(frozen=True)
class Release:
    """Everything about an edition that the public may see. Values are rounded to six decimals.

    Only `barometer.disclosure.protect` and `open_release` make one: building it without this room's seal raises
    TypeError, and so does `dataclasses.replace`. That keeps honest code honest; it is no defence against somebody
    who means to get round it.

    `response` has null for counts of 1 to minimum_units - 1. `footnotes` maps the marks that occur in `cells`
    ('c', 'z', 'q', 'u', 'm') to their meaning in da, nb, sv and en.
    """

    edition: str
    synthetic: bool
    cells: pl.DataFrame  # RELEASED_CELLS
    contrasts: pl.DataFrame  # RELEASED_CONTRASTS
    response: pl.DataFrame  # RESPONSE
    diagnostics: pl.DataFrame  # DIAGNOSTICS
    footnotes: Mapping[str, Mapping[str, str]]
    audit: Audit
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("a Release is made by protect() or open_release(), never by hand")
        for name, columns in TABLES.items():
            check_columns(getattr(self, name), columns, name)
        if not self.audit.passed:
            raise TypeError("a Release needs a passed audit")
        hidden = numbers_in_hidden_cells(self.cells)
        if hidden.height:
            raise TypeError(f"hidden cells carry numbers: {hidden.head(3).rows()}")


def release_files(release: Release) -> dict[str, bytes]:
    """The files of a release, byte for byte the same for the same release: each table as Parquet and CSV, the
    audit, and release.json with the SHA-256 of all others. Every table says which edition it is of and whether its
    answers are made up: the CSV in columns, the Parquet in its metadata."""
    marks = {"edition": release.edition, "synthetic": "true" if release.synthetic else "false"}
    files: dict[str, bytes] = {}
    for name in TABLES:
        table: pl.DataFrame = getattr(release, name)
        parquet = io.BytesIO()
        table.rechunk().write_parquet(parquet, compression="zstd", metadata=marks)
        files[f"{name}.parquet"] = parquet.getvalue()
        columns = [pl.lit(value).alias(mark) for mark, value in marks.items()]
        files[f"{name}.csv"] = table.select(*columns, pl.all()).write_csv().encode()
    files["audit.json"] = _json(asdict(release.audit))
    files["release.json"] = _json(
        {
            "format": FORMAT,
            "edition": release.edition,
            "synthetic": release.synthetic,
            "footnotes": release.footnotes,
            "sha256": {name: _digest(content) for name, content in sorted(files.items())},
        }
    )
    return files


def open_release(files: Mapping[str, bytes]) -> Release:
    """The release in `files` (name -> content, as `release_files` gave them). Raises `BadInput` with all problems:
    missing or changed files, wrong columns, an audit that did not pass, hidden cells that carry numbers."""
    expected = [f"{name}.{kind}" for name in TABLES for kind in ("parquet", "csv")] + ["audit.json"]
    problems = [_missing(name) for name in [*expected, "release.json"] if name not in files]
    if problems:
        raise BadInput(tuple(problems))
    head, problems = _read_json(files, "release.json", ("format", "edition", "synthetic", "footnotes", "sha256"))
    body, found = _read_json(files, "audit.json", tuple(field.name for field in fields(Audit)))
    problems += found
    if problems:
        raise BadInput(tuple(problems))
    problems = [
        Problem(
            "D002",
            Place(name),
            f"SHA-256 {_digest(files[name])}",
            f"{head['sha256'].get(name, 'none')}",
            "Use the files as they were made, or run 'barometer protect' again.",
        )
        for name in expected
        if head["sha256"].get(name) != _digest(files[name])
    ]
    tables: dict[str, pl.DataFrame] = {}
    for name, columns in TABLES.items():
        try:
            table = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
            tables[name] = check_columns(table, columns, name)
        except (pl.exceptions.PolarsError, TypeError, OSError) as error:
            problems.append(_unreadable(f"{name}.parquet", str(error)))
    audit = Audit(**{**body, "assumptions": tuple(body["assumptions"])})
    problems += _refusals(tables, audit)
    if problems:
        raise BadInput(tuple(problems))
    return Release(
        edition=head["edition"],
        synthetic=head["synthetic"],
        footnotes=head["footnotes"],
        audit=audit,
        seal=SEAL,
        **tables,
    )


def numbers_in_hidden_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Rows of RELEASED_CELLS that are marked hidden or empty and yet carry a number; of those hidden for their
    precision, n is told."""
    numbers = ("value", "ci_low", "ci_high", "n_dont_know", "n_missing")
    some = pl.any_horizontal(pl.col(numbers).is_not_null()) | ((pl.col("status") != "q") & pl.col("n").is_not_null())
    return cells.filter((pl.col("status") != "") & some)


def _refusals(tables: Mapping[str, pl.DataFrame], audit: Audit) -> list[Problem]:
    problems = []
    if not audit.passed or audit.met != audit.needs:
        problems.append(
            Problem(
                "D004",
                Place("audit.json", field="passed"),
                f"passed: {audit.passed}, {audit.met} of {audit.needs} requirements met",
                "a passed audit",
                "Make the release again with 'barometer protect'.",
            )
        )
    cells, contrasts = tables.get("cells"), tables.get("contrasts")
    if cells is None or contrasts is None:
        return problems
    wrong = numbers_in_hidden_cells(cells).select(pl.format("{} {} {}", "indicator", "breakdown", "cell")).to_series()
    hidden = cells.filter(pl.col("status") != "")
    keys = ["survey", "indicator", "breakdown"]
    for side in ("cell_a", "cell_b"):
        leaks = contrasts.join(hidden, left_on=[*keys, side], right_on=[*keys, "cell"], how="semi")
        wrong = wrong.append(leaks.select(pl.format("{} {} {}", "indicator", "breakdown", side)).to_series())
    if wrong.len():
        problems.append(
            Problem(
                "D005",
                Place("cells.parquet"),
                "; ".join(wrong.unique().sort().head(5)),
                "no numbers where status is 'c' or 'z'",
                "Make the release again with 'barometer protect'.",
            )
        )
    return problems


def _read_json(files: Mapping[str, bytes], name: str, keys: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    try:
        content = json.loads(files[name])
    except ValueError as error:
        return {}, [_unreadable(name, str(error))]
    if not isinstance(content, dict) or set(content) != set(keys):
        return {}, [_unreadable(name, "other fields than " + ", ".join(keys))]
    return content, []


def _missing(name: str) -> Problem:
    return Problem("D001", Place(name), "no such file", "a file of the release", "Give the whole release folder.")


def _unreadable(name: str, found: str) -> Problem:
    return Problem("D003", Place(name), found, "a file written by this program", "Run 'barometer protect' again.")


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
