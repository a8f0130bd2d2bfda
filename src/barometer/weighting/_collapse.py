"""Variance strata: sampling strata, joined where fewer than two units answered.

The spread within a stratum cannot be seen from one unit. Such a stratum is joined with its nearest neighbour;
the variance is then, if anything, too large (Wolter 2007, Introduction to variance estimation, section 2.5).
"""

from dataclasses import dataclass

import polars as pl

from barometer.model import Selection, Survey

JOINED = "+"

Key = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class VarianceStrata:
    """Stratum and frame size (null: no correction) of each unit asked; how many strata were too small."""

    stratum: pl.Series
    population: pl.Series
    collapsed: int


def variance_strata(survey: Survey, asked: pl.DataFrame, responded: pl.Series) -> VarianceStrata:
    """Strata of the variance for the units `asked` (one row each), by who `responded`.

    Rule: strata are taken in category order. One with a single respondent, unless that respondent is all of it,
    joins the nearest stratum with respondents: one that agrees in all stratum columns but the last, else in all
    but the last two, and so on; among those the one nearest in the order of categories of the first column that
    differs; the earlier one when two are equally near. Joined with a stratum that is itself joined, it becomes
    part of the same group. Strata that answered as a whole are only joined for want of others. Strata in which
    nobody responded then join in the same way.
    """
    if survey.design.selection is Selection.REPORTED:
        return VarianceStrata(asked["stratum"], pl.Series("population", [None] * asked.height, dtype=pl.Float64), 0)
    strata = (
        asked.with_columns(_responded=responded)
        .group_by("stratum", *survey.design.strata)
        .agg(pl.col("population").first(), respondents=pl.col("_responded").sum())
        .sort("stratum")
    )
    keys = {str(row["stratum"]): _key(survey, row) for row in strata.iter_rows(named=True)}
    sizes = {
        str(stratum): (int(respondents), int(population))
        for stratum, respondents, population in strata.select("stratum", "respondents", "population").iter_rows()
    }
    groups, collapsed = _groups(keys, sizes)
    names = {stratum: JOINED.join(group) for group in groups for stratum in group}
    populations = {stratum: float(sum(sizes[one][1] for one in group)) for group in groups for stratum in group}
    joined = asked["stratum"].replace_strict(names, return_dtype=pl.String)
    population = asked["stratum"].replace_strict(populations, return_dtype=pl.Float64)
    return VarianceStrata(joined, population, collapsed)


def _key(survey: Survey, row: dict[str, object]) -> Key:
    """Position of a stratum: for each stratum column the number of its category, declared ones first."""
    key = []
    for name in survey.design.strata:
        codes = [category.code for category in survey.frame.column(name).categories]
        code = str(row[name])
        key.append((codes.index(code) if code in codes else len(codes), code))
    return tuple(key)


def _groups(keys: dict[str, Key], sizes: dict[str, tuple[int, int]]) -> tuple[list[tuple[str, ...]], int]:
    """Groups of strata, each in category order, and the number of strata that stood alone."""
    ordered = sorted(keys, key=lambda stratum: keys[stratum])
    group = {stratum: [stratum] for stratum in ordered}
    # joining a stratum that answered as a whole would make its figures, which are certain, uncertain
    answering = [stratum for stratum in ordered if sizes[stratum][0] > 0 and sizes[stratum] != (1, 1)]
    alone = [stratum for stratum in answering if sizes[stratum][0] == 1]
    silent = [stratum for stratum in ordered if sizes[stratum][0] == 0]
    collapsed = 0
    for stratum in (*alone, *silent):
        others = [other for other in answering if other != stratum]
        others = [other for other in others if sizes[other][0] < sizes[other][1]] or others
        collapsed += bool(others)
        if len(group[stratum]) > 1 or not others:
            continue
        nearest = min(others, key=lambda other: _distance(keys[stratum], keys[other]))
        together = group[nearest] + group[stratum]
        for member in together:
            group[member] = together
    unique = {id(members): members for members in group.values()}
    return [tuple(sorted(members, key=lambda one: keys[one])) for members in unique.values()], collapsed


def _distance(one: Key, other: Key) -> tuple[int, int, Key]:
    """How far two different strata are apart: columns from the first that differs, then steps in its order."""
    shared = next(place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    return len(one) - shared, abs(one[shared][0] - other[shared][0]), other
