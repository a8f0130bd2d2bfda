"""Why margins cannot be met: which cells make it so."""

import numpy as np
from scipy.optimize import linprog

from barometer.problems import Place, Problem
from barometer.tables import Matrix, Vector
from barometer.weighting._distance import Distance
from barometer.weighting._margins import Margins
from barometer.weighting._newton import DEPENDENT, TOLERANCE, Basis, basis_of

SAME_POPULATION = 1e-9
"""Margins whose sums are relatively this near add up to the same population; rounded percentages do not."""
CELLS_NAMED = 8
SECONDS = 10.0
"""Longest time given to the linear programme that looks for the cells."""


def disagreement(margins: Margins, place: Place) -> list[Problem]:
    """W013 when margins of categories add up to different numbers of units."""
    sums = {
        columns: float(margins.totals[places].sum())
        for columns, places in margins.groups().items()
        if not any(margins.numeric[place] for place in places)
    }
    if len(sums) < 2 or max(sums.values()) - min(sums.values()) <= SAME_POPULATION * max(map(abs, sums.values())):
        return []
    shown = "; ".join(f"[{', '.join(columns) or 'count'}] adds up to {total:,.10g}" for columns, total in sums.items())
    way_out = "Take all totals from one register on one day, or scale the margins to one population size."
    return [Problem("W013", place, shown, "the same number of units in every margin", way_out)]


def idle_margins(basis: Basis, margins: Margins, place: Place) -> list[Problem]:
    """W014 for each margin that follows from the others (collinear) and whose totals follow too; those whose totals
    do not cannot be met. That [sector] follows from [sector, size] is plain to everyone and no problem."""
    everything = np.arange(basis.whole.shape[1])
    rest = np.setdiff1d(everything, basis.kept)
    groups = margins.groups()
    counting = sum(not margins.numeric[places[0]] for places in groups.values())
    if len(rest) <= max(counting - 1, 0):  # margins of categories have their common sum, and nothing else
        return []
    ones = np.ones(len(basis.whole))
    mixture = np.linalg.lstsq(basis.whole[:, basis.kept], basis.whole[:, rest], rcond=None)[0]
    implied = margins.totals[basis.kept] @ mixture
    if np.any(np.abs(implied - margins.totals[rest]) > TOLERANCE * (1 + np.abs(margins.totals[rest]))):
        return []
    problems: list[Problem] = []
    for columns, places in reversed(groups.items()):
        others = np.setdiff1d(everything, places)
        nested = any(set(columns) < set(other) for other in groups) or not columns
        if nested or not len(others) or len(basis_of(basis.whole[:, others], ones).kept) < len(basis.kept):
            continue
        everything = others
        found = f"[{', '.join(columns)}] follows from the other margins"
        way_out = f"Drop the margin [{', '.join(columns)}], or one of those it follows from."
        problems.append(Problem("W014", place, found, "margins that each add something", way_out))
    return problems


def unmet(
    base: Vector, part: Matrix, margins: Margins, distance: Distance, final: Vector, accepted: float, place: Place
) -> list[Problem]:
    """W010 for each cell that keeps the margins from being met; W015 where none does, but Newton's method fails."""
    cells = _out_of_reach(base, part, margins, distance) or _in_the_way(base, part, margins, distance, accepted)
    bounded = distance.lower > 0 or distance.upper < float("inf")
    if not cells:
        errors = np.abs(margins.totals - np.nan_to_num(final) @ part) / (1 + np.abs(margins.totals))
        worst = int(np.argmax(errors))
        found = f"{margins.labels[worst]} is still off by {errors[worst]:.2g}, relatively"
        way_out = "Widen the bounds, merge small cells, or rescale the base weights to the population first."
        return [Problem("W015", place, found, f"at most {accepted:.2g}", way_out)]
    problems = []
    for column, reached in cells[:CELLS_NAMED]:
        label, total = margins.labels[column], margins.totals[column]
        inside = base[part[:, column] != 0]
        found = (
            f"{label}: weights reach {reached:,.6g}, the total is {total:,.6g} "
            f"({len(inside)} respondents with base weights of {inside.sum():,.6g})"
        )
        margin = f"the margin [{', '.join(margins.columns[column])}]"
        way_out = f"{'Widen the bounds, or drop' if bounded else 'Drop'} {margin}, or merge its small cells."
        problems.append(Problem("W010", place, found, "weights that add up to the total in every margin", way_out))
    return problems


def _limits(distance: Distance) -> tuple[float, float]:
    lower = max(distance.lower, 0.0) if distance.method == "raking" else distance.lower
    return lower, distance.upper


def _out_of_reach(base: Vector, part: Matrix, margins: Margins, distance: Distance) -> list[tuple[int, float]]:
    """Cells whose own total no weights within the bounds can give, with what they reach."""
    lower, upper = _limits(distance)
    found = []
    for column in range(part.shape[1]):
        sums = base * part[:, column]
        up, down = sums[sums > 0].sum(), sums[sums < 0].sum()
        with np.errstate(invalid="ignore"):
            least = (lower * up if up else 0.0) + (upper * down if down else 0.0)
            most = (upper * up if up else 0.0) + (lower * down if down else 0.0)
        total = margins.totals[column]
        slack = DEPENDENT * (1 + abs(total))
        if not least - slack <= total <= most + slack:
            found.append((column, float(np.clip(total, least, most))))
    return found


def _in_the_way(
    base: Vector, part: Matrix, margins: Margins, distance: Distance, accepted: float
) -> list[tuple[int, float]]:
    """Cells that even the weights nearest to all totals at once do not meet, by a linear programme (the sum of
    relative differences is least), over groups of respondents who look the same to all margins."""
    lower, upper = _limits(distance)
    rows, group = np.unique(part, axis=0, return_inverse=True)
    sizes = np.bincount(group.ravel(), base)
    scale = 1 + np.abs(margins.totals)
    sums = (rows * sizes[:, None] / scale).T
    slack = np.eye(part.shape[1])
    solved = linprog(
        np.concatenate([np.zeros(len(rows)), np.ones(2 * part.shape[1])]),
        A_eq=np.hstack([sums, slack, -slack]),
        b_eq=margins.totals / scale,
        bounds=[(lower, upper)] * len(rows) + [(0, None)] * (2 * part.shape[1]),
        options={"time_limit": SECONDS},
    )
    if solved.x is None:
        return []
    reached = sums @ solved.x[: len(rows)] * scale
    off = np.abs(reached - margins.totals) / scale
    return [(int(column), float(reached[column])) for column in np.argsort(-off) if off[column] > max(accepted, 1e-8)]
