"""Whether released numbers agree with each other, and files with the release. A violation stops publishing."""

from collections.abc import Iterator, Mapping
from typing import Any

from barometer.disclosure import Release
from barometer.model import ALL, TOTAL, Breakdown, Edition, Indicator, Measure, Survey
from barometer.problems import Place, Problem
from barometer.publication.open_data._cube import DataCube
from barometer.publication.open_data._jsonstat import check_jsonstat
from barometer.publication.open_data._px import read_px, symbol

SLACK = 2e-6
"""Values of the release are rounded to six decimals."""

_NUMBERS = ("value", "ci_low", "ci_high", "n")
_Row = Mapping[str, Any]
_Rows = Mapping[tuple[str, str, str], _Row]  # (indicator, breakdown, cell)


def check_identities(release: Release, edition: Edition) -> tuple[Problem, ...]:
    """P031 for each released number that cannot be, given the others: outside its range or interval, bases that do not
    add up over the groups, a whole outside the span of its groups, a union outside the bounds of its parts."""
    problems = []
    for survey in edition.surveys:
        rows = {
            (row["indicator"], row["breakdown"], row["cell"]): _of_today(row)
            for row in release.cells.filter(survey=survey.id).iter_rows(named=True)
        }
        for place, words in _violations(survey, rows):
            expected = "numbers that agree with each other"
            way_out = "Make the release again with 'barometer protect'; report the fault if it stays."
            problems.append(Problem("P031", Place("cells.parquet", field=" ".join(place)), words, expected, way_out))
    return tuple(problems)


def _of_today(row: _Row) -> _Row:
    """Numbers that an earlier release gave and that stay as they were need not agree with the new ones."""
    return row if row["as_in_release"] is None else {**row, "status": "c", **dict.fromkeys(_NUMBERS)}


def check_files(cube: DataCube, jsonstat: Mapping[str, bytes], px: bytes) -> tuple[Problem, ...]:
    """P032 for each file of a table that does not say what the table says. `jsonstat`: path -> content."""
    faults = [(path, fault) for path, content in jsonstat.items() for fault in check_jsonstat(content)]
    numbers, dots = read_px(px)
    expected = tuple(symbol(mark) if value is None else "" for value, mark in zip(cube.values, cube.marks, strict=True))
    if numbers != cube.values:
        faults.append((f"{cube.id}.px", "other numbers than the table"))
    if dots != expected:
        faults.append((f"{cube.id}.px", "other marks than the table"))
    way_out = "Report the fault with this edition: a file must never differ from the release."
    return tuple(Problem("P032", Place(path), fault, "what the release says", way_out) for path, fault in faults)


def _violations(survey: Survey, rows: _Rows) -> Iterator[tuple[tuple[str, ...], str]]:
    breakdowns = {breakdown.id: breakdown for breakdown in survey.programme.breakdowns}
    indicators = {indicator.id: indicator for indicator in survey.programme.indicators}
    groups: dict[tuple[str, str], list[_Row]] = {}
    for place, row in rows.items():
        indicator = indicators.get(place[0])
        if indicator is None:
            continue
        yield from ((place, words) for words in _range(indicator, row))
        if indicator.components:
            parts = [rows.get((part, *place[1:])) for part in indicator.components]
            yield from ((place, words) for words in _union(row, parts))
        if place[1] != TOTAL:
            groups.setdefault(place[:2], []).append(row)
    for (name, by), own in groups.items():
        breakdown, whole = breakdowns.get(by), rows.get((name, TOTAL, ALL))
        if breakdown and whole and _divides(survey, breakdown):
            yield from (((name, by), words) for words in _decomposed(indicators[name], whole, own))


def _range(indicator: Indicator, row: _Row) -> Iterator[str]:
    value, low, high = row["value"], row["ci_low"], row["ci_high"]
    if value is None:
        return
    if indicator.measure is Measure.SHARE and not -SLACK <= value <= 1 + SLACK:
        yield f"the share {value}"
    if low is not None and high is not None and not low - SLACK <= value <= high + SLACK:
        yield f"{value} outside its interval from {low} to {high}"
    if row["n"] is not None and row["n"] < 0:
        yield f"n = {row['n']}"


def _divides(survey: Survey, breakdown: Breakdown) -> bool:
    """Whether everyone is in exactly one group: breakdowns by the register that do not overlap."""
    return not breakdown.overlapping and bool(survey.programme.register_columns(breakdown))


def _decomposed(indicator: Indicator, whole: _Row, groups: list[_Row]) -> Iterator[str]:
    counts = [row["n"] for row in groups if row["status"] != "z"]
    shown = [count for count in counts if count is not None]
    if whole["n"] is not None:
        if len(shown) == len(counts) and sum(shown) != whole["n"]:
            yield f"n of the groups make {sum(shown)}, n of everyone is {whole['n']}"
        elif sum(shown) > whole["n"]:
            yield f"n of some groups make {sum(shown)}, more than {whole['n']} of everyone"
    values = [row["value"] for row in groups if row["status"] != "z"]
    if whole["value"] is None or not values or None in values:
        return
    if indicator.measure is Measure.TOTAL:
        if abs(sum(values) - whole["value"]) > SLACK * len(values) + 1e-9 * abs(whole["value"]):
            yield f"the groups make {sum(values)}, everyone {whole['value']}"
    elif not min(values) - SLACK <= whole["value"] <= max(values) + SLACK:
        yield f"{whole['value']} of everyone, while groups lie from {min(values)} to {max(values)}"


def _union(row: _Row, parts: list[_Row | None]) -> Iterator[str]:
    """A union is at least its largest part and at most their sum; told only where all have the same base."""
    known = [part for part in parts if part is not None and part["value"] is not None and part["n"] == row["n"]]
    if row["value"] is None or row["n"] is None or not known:
        return
    values = [part["value"] for part in known]
    if row["value"] < max(values) - SLACK:
        yield f"the union {row['value']} is below its part {max(values)}"
    if len(known) == len(parts) and row["value"] > sum(values) + SLACK * len(values):
        yield f"the union {row['value']} is above the sum of its parts {sum(values)}"
