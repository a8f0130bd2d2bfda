"""Earlier releases of an edition beside the one to be protected: one system of respondents and figures.

A respondent whose answers are the same in several releases is one unknown in all of them; one who came late, left, or
was corrected is an unknown of its own in each of its versions. So the smallest register cells are split by version,
and every figure of every release is a sum over the parts: what disclosure control does with the tables of one release
it can do with those of several. Rows of an earlier release stand under '1/region' where the new ones have 'region'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from barometer.disclosure._evidence import CHANGED
from barometer.disclosure._release import Release
from barometer.model import TOTAL, Edition, Measure
from barometer.tables import COUNTS, LEAVES, Column, Estimates, UnitCounts

SINGLY = 60
"""Versions that are not in every release up to which each is an unknown of its own; more are taken together by
register cell."""
SHOWN = ("", "q", "z")
"""Statuses of released cells whose number an attacker is taken to know."""

_KEYS = ("survey", "indicator", "breakdown", "cell")
_Unit = tuple[str, str]  # survey and unit_id
_Place = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Published:
    """The evidence behind a published release. Confidential.

    `rows`: CELLS with 'status' and 'as_in_release' as they were published, null status where a row was not.
    """

    release: int
    rows: pl.DataFrame
    units: UnitCounts


def evidence_of(number: int, cells: pl.DataFrame, release: Release, units: UnitCounts) -> Published:
    """What has to be kept of a release that is published, so that later ones can be protected together with it:
    its estimates (CELLS) with what was shown of them, and the evidence unit by unit."""
    marks = release.cells.select(*_KEYS, "status", "as_in_release")
    return Published(number, cells.join(marks, on=_KEYS, how="left", maintain_order="left"), units)


@dataclass(frozen=True)
class Version:
    """A respondent with the same answers from release `first` to `last` (positions; the new release is the last)."""

    survey: str
    unit_id: str
    first: int
    last: int


@dataclass(frozen=True)
class Together:
    """`estimates`: rows of the new release, then those of earlier ones; leaves are parts of register cells.
    `public`: earlier rows that everybody knows; `hidden`: earlier rows that nobody does. `numbers`: of the earlier
    releases, by position."""

    estimates: Estimates
    new: int
    public: frozenset[int]
    hidden: frozenset[int]
    versions: tuple[Version, ...]
    numbers: tuple[int, ...]


def together(edition: Edition, estimates: Estimates, units: UnitCounts, earlier: Sequence[Published]) -> Together:
    """One system of the new release (`estimates`, and the same unit by unit) and all earlier ones, oldest first."""
    amounts = [one.id for one in edition.indicators if one.measure is not Measure.SHARE]
    releases = [*(one.units for one in earlier), units]
    versions = _versions(releases, amounts)
    places = [_places(one.leaves) for one in releases]
    parts = _parts(versions, places, len(releases))
    names = [*(f"{one.release}/" for one in earlier), ""]
    leaves = [_leaves(one, versions, parts, turn, names[turn]) for turn, one in enumerate(releases)]
    counts = [_counts(one, versions, parts, turn) for turn, one in enumerate(releases)]
    rows = [_known(edition, one) for one in earlier]
    old = pl.concat([pl.DataFrame(schema={"status": pl.String, "as_in_release": pl.Int64}), *rows], how="diagonal")
    shown = old["status"].is_in(SHOWN).fill_null(value=False) & old["as_in_release"].is_null()
    start = estimates.cells.height
    public = frozenset(start + place for place, one in enumerate(shown) if one)
    return Together(
        estimates=replace(
            estimates,
            cells=pl.concat([estimates.cells, *(one.select(estimates.cells.columns) for one in rows)]),
            leaves=_table([*leaves, _changed(parts, len(releases))], LEAVES),
            counts=_table(counts, COUNTS),
        ),
        new=start,
        public=public,
        hidden=frozenset(range(start, start + old.height)) - public,
        versions=versions,
        numbers=tuple(one.release for one in earlier),
    )


def _versions(releases: Sequence[UnitCounts], amounts: Sequence[str]) -> tuple[Version, ...]:
    open_: dict[_Unit, int] = {}
    found: list[Version] = []
    for turn, one in enumerate(releases):
        here = _units(one)
        same = _unchanged(releases[turn - 1], one, amounts) if turn else set()
        found += [Version(*unit, first, turn - 1) for unit, first in open_.items() if unit not in same]
        open_ = {unit: open_[unit] if unit in same else turn for unit in here}
    found += [Version(*unit, first, len(releases) - 1) for unit, first in open_.items()]
    return tuple(sorted(found, key=lambda one: (one.survey, one.unit_id, one.first)))


def _units(one: UnitCounts) -> list[_Unit]:
    return [(str(a), str(b)) for a, b in one.leaves.select("survey", "unit_id").unique().sort(pl.all()).iter_rows()]


def _unchanged(old: UnitCounts, new: UnitCounts, amounts: Sequence[str]) -> set[_Unit]:
    """Units of both releases that lie in the same cells and count alike in every figure that both have."""
    both = set(_units(old)) & set(_units(new))
    answers = [_answers(one.counts, amounts) for one in (old, new)]
    for keys, tables in (
        (("survey", "breakdown"), [old.leaves, new.leaves]),
        (("survey", "indicator", "by"), answers),
    ):
        common = [one.join(other, on=keys, how="semi") for one, other in (tables, tables[::-1])]
        for one, other in (common, common[::-1]):
            moved = one.join(other, on=one.columns, how="anti").select("survey", "unit_id").unique()
            both -= {(str(a), str(b)) for a, b in moved.iter_rows()}
    return both


def _answers(counts: pl.DataFrame, amounts: Sequence[str]) -> pl.DataFrame:
    value = pl.when(pl.col("indicator").is_in(amounts)).then(pl.col("weighted_yes") / pl.col("weighted_base"))
    by = pl.col("group").str.split("/").list.first().alias("by")
    return counts.select(
        "survey", "unit_id", "indicator", "group", by, "n", "n_yes", value.round(6).fill_null(0.0).alias("value")
    )


def _places(leaves: pl.DataFrame) -> Mapping[_Unit, _Place]:
    grouped = leaves.group_by("survey", "unit_id").agg("breakdown", "cell")
    return {(a, b): frozenset(zip(one, other, strict=True)) for a, b, one, other in grouped.iter_rows()}


def _parts(versions: Sequence[Version], places: Sequence[Mapping[_Unit, _Place]], releases: int) -> dict[Version, int]:
    """The part (leaf) each version is in: those of the same releases and the same cells in each of them."""
    loose: dict[str, int] = {}
    for one in versions:
        loose[one.survey] = loose.get(one.survey, 0) + (one.last - one.first + 1 < releases)
    numbers: dict[tuple[object, ...], int] = {}
    parts: dict[Version, int] = {}
    for one in versions:
        alone = one.last - one.first + 1 < releases and loose[one.survey] <= SINGLY
        where = tuple(places[turn][one.survey, one.unit_id] for turn in range(one.first, one.last + 1))
        key = (one.survey, one.first, one.last, where, one.unit_id if alone else "")
        parts[one] = numbers.setdefault(key, len(numbers))
    return parts


def _mapped(versions: Sequence[Version], parts: Mapping[Version, int], turn: int, *, last: bool) -> pl.DataFrame:
    wanted = [one for one in versions if (one.last == turn if last else one.first <= turn <= one.last)]
    return pl.DataFrame(
        [(one.survey, one.unit_id, parts[one]) for one in wanted],
        schema={"survey": pl.String, "unit_id": pl.String, "leaf": pl.Int64},
        orient="row",
    )


def _leaves(
    release: UnitCounts, versions: Sequence[Version], parts: Mapping[Version, int], turn: int, name: str
) -> pl.DataFrame:
    found = release.leaves.join(_mapped(versions, parts, turn, last=False), on=["survey", "unit_id"])
    named = found.with_columns(breakdown=pl.lit(name) + pl.col("breakdown"))
    return named.select("survey", "leaf", "breakdown", "cell").unique().sort(pl.all())


def _counts(release: UnitCounts, versions: Sequence[Version], parts: Mapping[Version, int], turn: int) -> pl.DataFrame:
    """Counts of the versions seen last in this release: their weights are those of that release."""
    found = release.counts.join(_mapped(versions, parts, turn, last=True), on=["survey", "unit_id"])
    measures = ("n", "n_yes", "weighted_base", "weighted_yes")
    return found.group_by("survey", "leaf", "indicator", "group").agg(pl.col(measures).sum()).sort("survey", "leaf")


def _changed(parts: Mapping[Version, int], releases: int) -> pl.DataFrame:
    loose = {(one.survey, part) for one, part in parts.items() if one.last - one.first + 1 < releases}
    return pl.DataFrame(
        [(survey, part, CHANGED, str(part)) for survey, part in sorted(loose)],
        schema={"survey": pl.String, "leaf": pl.Int64, "breakdown": pl.String, "cell": pl.String},
        orient="row",
    )


def _known(edition: Edition, one: Published) -> pl.DataFrame:
    """Rows of an earlier release about indicators and breakdowns that still are what they were called then."""
    known = [
        {"survey": survey.id, "indicator": indicator.id, "breakdown": breakdown}
        for survey in edition.surveys
        for indicator in survey.programme.indicators
        for breakdown in (TOTAL, *(by.id for by in survey.programme.breakdowns))
    ]
    rows = one.rows.join(
        pl.DataFrame(known), on=["survey", "indicator", "breakdown"], how="semi", maintain_order="left"
    )
    return rows.with_columns(breakdown=pl.lit(f"{one.release}/") + pl.col("breakdown"))


def _table(parts: Sequence[pl.DataFrame], columns: Sequence[Column]) -> pl.DataFrame:
    schema = pl.Schema({column.name: column.dtype for column in columns})
    return pl.concat([pl.DataFrame(schema=schema), *(part.select(*schema).cast(schema) for part in parts)])
