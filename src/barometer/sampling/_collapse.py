"""Strata from several variables, small ones joined with their neighbours."""

from collections.abc import Mapping, Sequence

import polars as pl

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns, some_rows

Group = list[str]


def stratify(
    units: pl.DataFrame, columns: Sequence[str], *, minimum: int = 1, order: Mapping[str, Sequence[str]] | None = None
) -> pl.DataFrame:
    """`units` with a column `stratum`: the categories of `columns` joined by ':', the most important column first.

    A stratum of fewer than `minimum` units is joined with the smaller one of its neighbours: categories of the last
    column that stand beside it in `order` (else the order of the alphabet), all earlier columns being equal. Such a
    stratum is called 'a:b|c'. When all categories of the last column are joined and there are still too few, the
    last column is given up there ('a:*') and the rule goes on with the column before. Strata are joined by what the
    register says of them only, never by answers, so that joining does not bias anything.

    The rows keep their order and columns; a column called `stratum` is replaced in what is returned, `units` itself
    is never changed. Raises BadInput: S001 (no units), S004 (no such column), S005 (blanks), S010 (`minimum` below
    1), S023 (fewer units than `minimum` in all).
    """
    _check(units, columns, minimum)
    cells = units.group_by([pl.col(name).cast(pl.String) for name in columns]).agg(population=pl.len())
    ranks = {name: {code: rank for rank, code in enumerate((order or {}).get(name, ()))} for name in columns}

    def rank(name: str, code: str) -> tuple[int, str]:
        return ranks[name].get(code, len(ranks[name])), code

    rows = sorted(cells.iter_rows(), key=lambda row: [rank(*pair) for pair in zip(columns, row, strict=False)])
    names = _join([(tuple(map(str, row[:-1])), int(row[-1])) for row in rows], len(columns), minimum)
    lookup = pl.DataFrame(
        {
            **{f"_{place}": [row[place] for row in rows] for place in range(len(columns))},
            "stratum": [names[tuple(map(str, row[:-1]))] for row in rows],
        }
    )
    keys = units.select([pl.col(name).cast(pl.String).alias(f"_{place}") for place, name in enumerate(columns)])
    found = keys.join(lookup, on=keys.columns, how="left", maintain_order="left")
    return units.with_columns(found["stratum"])


def _check(units: pl.DataFrame, columns: Sequence[str], minimum: int) -> None:
    problems = list(missing_columns(units, columns))
    if units.is_empty() or not columns:
        found = "no columns" if units.height else "0 units"
        problems.append(Problem("S001", Place(), found, "units and columns to stratify by", "Hand in both."))
    if minimum < 1:
        problems.append(Problem("S010", Place(), f"minimum {minimum}", "1 or more", "Set the minimum to 2 or more."))
    elif units.height and units.height < minimum:
        way_out = "Lower the minimum."
        problems.append(Problem("S023", Place(), f"{units.height} units", f"at least {minimum}", way_out))
    for name in columns:
        if name in units.columns and units[name].null_count():
            found = f"{units[name].null_count()} blanks: {some_rows(units[name].is_null())}"
            way_out = "Fill in the column, or give blanks a category of their own, such as 'unknown'."
            problems.append(Problem("S005", Place(column=name), found, "a category each", way_out))
    raise_errors(problems)


def _join(cells: list[tuple[tuple[str, ...], int]], depth: int, minimum: int) -> dict[tuple[str, ...], str]:
    """The stratum of each cell; `cells` in order, with their numbers of units."""
    groups = [(key, [key], count) for key, count in cells]  # (name by column, cells, units)
    for level in range(depth - 1, -1, -1):
        joined: list[tuple[tuple[str, ...], list[tuple[str, ...]], int]] = []
        at = 0
        while at < len(groups):
            end = at
            while end < len(groups) and groups[end][0][:level] == groups[at][0][:level]:
                end += 1
            joined += _join_siblings(groups[at:end], level, minimum)
            at = end
        groups = joined
    return {cell: ":".join(name) for name, cells_of, _ in groups for cell in cells_of}


def _join_siblings(
    groups: list[tuple[tuple[str, ...], list[tuple[str, ...]], int]], level: int, minimum: int
) -> list[tuple[tuple[str, ...], list[tuple[str, ...]], int]]:
    """Join the smallest group that is too small with its smaller neighbour, until none is or only one is left."""
    groups = list(groups)
    while len(groups) > 1 and min(count for _, _, count in groups) < minimum:
        small = min(range(len(groups)), key=lambda place: groups[place][2])
        beside = [place for place in (small - 1, small + 1) if 0 <= place < len(groups)]
        other = min(beside, key=lambda place: groups[place][2])
        first, second = sorted((small, other))
        (name, cells, count), (name2, cells2, count2) = groups[first], groups[second]
        merged = (*name[:level], f"{name[level]}|{name2[level]}", *("*" for _ in name[level + 1 :]))
        groups[first : second + 1] = [(merged, cells + cells2, count + count2)]
    if len(groups) == 1 and groups[0][2] < minimum:
        name, cells, count = groups[0]
        groups = [((*name[:level], *("*" for _ in name[level:])), cells, count)]
    return groups
