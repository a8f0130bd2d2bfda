"""Corrections: published numbers that have changed, with old value, new value, date and reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

import polars as pl

from barometer.disclosure import Release
from barometer.model import TOTAL, Category, Correction, Edition, Indicator, Text
from barometer.problems import Place, Problem, Severity
from barometer.publication._cube import Cell, Cube
from barometer.publication._figure import Written, decimals, written
from barometer.publication._language import Language

FILE = "corrections.toml"
NUMBERS = ("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing")
_KEYS = ("survey", "indicator", "breakdown", "cell")


@dataclass(frozen=True)
class Corrected:
    """A published number and what took its place with `release`. `new` None: it is no longer published."""

    release: int
    date: date
    reason: Text
    old: Cell
    new: Cell | None


def changed_numbers(old: Release, new: Release) -> list[tuple[Cell, Cell | None]]:
    """Published numbers of `old` that `new` gives otherwise or no longer gives, in the order of `old`."""
    numbers = [pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in (*NUMBERS, "status")]
    both = (
        old.cells.with_row_index("place")
        .filter(pl.col("status") == "")
        .join(new.cells, on=_KEYS, how="left", suffix="_new")
        .filter(pl.any_horizontal(numbers))
        .sort("place")
    )
    keys = both.select(_KEYS)
    then = keys.join(old.cells, on=_KEYS, how="left", maintain_order="left")
    now = {row[:4]: Cell(*row) for row in keys.join(new.cells, on=_KEYS, how="inner").select(new.cells.columns).rows()}
    return [(Cell(*row), now.get(row[:4])) for row in then.select(old.cells.columns).iter_rows()]


def read_log(
    edition: Edition, release: Release, number: int, earlier: Mapping[int, Release]
) -> tuple[tuple[Corrected, ...], tuple[Problem, ...]]:
    """Every correction up to this release, the latest first, and what corrections.toml lacks or has too much (P020,
    P021; warnings where answers are made up). `earlier`: releases the public has seen, by number."""
    versions = {**{one: content for one, content in earlier.items() if one < number}, number: release}
    steps = sorted(versions)
    log: list[Corrected] = []
    problems: list[Problem] = []
    idle = list(edition.corrections)
    for before, after in pairwise(steps):
        told = [one for one in edition.corrections if one.release == after]
        silent = []
        for old, new in changed_numbers(versions[before], versions[after]):
            reasons = [one for one in told if one.concerns(old.indicator, old.breakdown, old.cell)]
            idle = [one for one in idle if one not in reasons]
            log += [Corrected(after, one.date, one.reason, old, new) for one in reasons[:1]]
            silent += [] if reasons else [(old, new)]
        problems += _missing(silent, after) if after == number else []
    problems += [_idle(one) for one in idle]
    severity = Severity.WARNING if edition.synthetic else Severity.ERROR
    ordered = sorted(log, key=lambda one: -one.release)
    return tuple(ordered), tuple(_as(severity, one) for one in problems)


@dataclass(frozen=True)
class Told:
    """Corrections with one date and reason, in words: indicator (with its page), group, number before, number now."""

    release: int
    date: str
    reason: str
    rows: tuple[tuple[Indicator, str, str, str], ...]


def corrections_told(cube: Cube, log: Sequence[Corrected], one: Language) -> tuple[Told, ...]:
    """The log as a page tells it. A number of something the edition no longer has is left out."""
    known = [entry for entry in log if entry.old.indicator in cube.owners]
    told = []
    for (release, day, reason), entries in groupby(known, key=lambda it: (it.release, it.date, one.text(it.reason))):
        rows = tuple(_row(cube, entry, one) for entry in entries)
        told.append(Told(release, one.date(day), reason, rows))
    return tuple(told)


def _row(cube: Cube, entry: Corrected, one: Language) -> tuple[Indicator, str, str, str]:
    old, indicator = entry.old, cube.indicator(entry.old.indicator)
    if old.breakdown == TOTAL:
        group = one.text(cube.universe(indicator).label)
    else:
        labels = {it.code: it.label for it in _categories(cube, old)}
        group = one.text(labels.get(old.cell, {one.code: old.cell}))
    places = decimals(indicator, old.value)
    before = _in_words(written(one, indicator, old, places))
    if entry.new is None or entry.new.status:
        return indicator, group, before, one.say("corrections.gone")
    return indicator, group, before, _in_words(written(one, indicator, entry.new, places))


def _categories(cube: Cube, cell: Cell) -> tuple[Category, ...]:
    programme = cube.owners[cell.indicator].programme
    return next((one.categories for one in programme.breakdowns if one.id == cell.breakdown), ())


def _in_words(shown: Written) -> str:
    interval = f" ({shown.interval})" if shown.interval else ""
    return f"{shown.value}{interval}, n = {shown.n}"


def _missing(silent: Iterable[tuple[Cell, Cell | None]], release: int) -> list[Problem]:
    """One problem for each indicator and breakdown that changed without a reason."""
    groups: dict[tuple[str, str], list[tuple[Cell, Cell | None]]] = {}
    for old, new in silent:
        groups.setdefault((old.indicator, old.breakdown), []).append((old, new))
    problems = []
    for (indicator, breakdown), rows in groups.items():
        shown = "; ".join(f"{old.cell}: {_number(old)} → {_number(new)}" for old, new in rows[:3])
        more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
        keys = f'indicator = "{indicator}", breakdown = "{breakdown}"'
        place = Place(FILE, field=f"{indicator} by {breakdown}")
        holds = "leave breakdown out where one reason holds for the whole indicator."
        way_out = f"Add a [[correction]] with release = {release}, {keys}, date and reason; {holds}"
        problems.append(Problem("P020", place, shown + more, f"a reason with release = {release}", way_out))
    return problems


def _idle(one: Correction) -> Problem:
    where = " ".join(part for part in (one.indicator, one.breakdown, one.cell) if part)
    return Problem(
        "P021",
        Place(FILE, field=where),
        f"no published number of {where} changed with release {one.release}",
        "corrections of numbers that changed",
        "Correct the release's number, or delete the entry.",
    )


def _number(cell: Cell | None) -> str:
    return ":" if cell is None or cell.value is None else f"{cell.value:g} (n = {cell.n})"


def _as(severity: Severity, problem: Problem) -> Problem:
    return Problem(problem.code, problem.place, problem.found, problem.expected, problem.way_out, severity)
