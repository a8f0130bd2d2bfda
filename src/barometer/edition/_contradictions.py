"""Which published figures cannot all be true of one set of answers."""

from collections.abc import Mapping, Sequence

from barometer.edition._figures import Figure
from barometer.model import ALL, TOTAL, Breakdown, Measure, Programme

Shares = Sequence[tuple[float, float]]


def contradictions(figures: Sequence[Figure], programme: Programme) -> dict[Figure, str]:
    """Figures of cells that no answers can have together with the totals beside them, each with the arithmetic.

    Where the cells of a breakdown divide everyone, the total is the mean of the cells, weighted with their shares.
    The figures of the indicators named as `share` give those, up to rounding; of cells without one nothing is
    known but that all shares add up to 100. If no such mean rounds to the published total, the figures of the cells
    are contradicted, and not the total or the shares: those are figures of everyone that others lean on, and
    without the cells they hold together. Approximate figures prove nothing.
    """
    exact = {
        (one.indicator, one.breakdown, one.cell): one
        for one in figures
        if one.survey == programme.survey and not one.approximate
    }
    found: dict[Figure, str] = {}
    for breakdown in programme.breakdowns:
        for indicator in programme.indicators if not breakdown.overlapping else ():
            total = exact.get((indicator.id, TOTAL, ALL))
            printed = [exact.get((indicator.id, breakdown.id, one.code)) for one in breakdown.categories]
            cells = [cell for cell in printed if cell is not None]
            if total is None or len(cells) < len(printed) or indicator.measure is Measure.TOTAL:
                continue
            shares = _shares(breakdown, indicator.universe, programme, exact)
            low, high = _reach(cells, shares)
            if high < total.value_pct - total.rounding or low > total.value_pct + total.rounding:
                found |= dict.fromkeys(cells, _reason(total, cells, shares, low, high))
    return found


def _shares(
    breakdown: Breakdown,
    universe: str,
    programme: Programme,
    exact: Mapping[tuple[str, str, str], Figure],
) -> Shares:
    """Smallest and largest share of each cell, in per cent of the universe."""
    bounds = []
    for category in breakdown.categories:
        figure = exact.get((category.share, TOTAL, ALL)) if category.share else None
        if figure is None or programme.indicator(category.share).universe != universe:
            bounds.append((0.0, 100.0))
        else:
            bounds.append((max(0.0, figure.value_pct - figure.rounding), figure.value_pct + figure.rounding))
    return bounds


def _reach(cells: Sequence[Figure], shares: Shares) -> tuple[float, float]:
    """Smallest and largest mean of the cells that their rounding and the shares allow."""
    low = [(one.value_pct - one.rounding, *share) for one, share in zip(cells, shares, strict=True)]
    high = [(-one.value_pct - one.rounding, *share) for one, share in zip(cells, shares, strict=True)]
    return _smallest_mean(low), -_smallest_mean(high)


def _smallest_mean(cells: Sequence[tuple[float, float, float]]) -> float:
    """The smallest mean of values (first) whose shares lie between bounds (second, third) and add up to 100:
    a linear programme, solved by filling up the smallest values first."""
    mean = sum(value * low for value, low, _ in cells) / 100
    left = 100 - sum(low for _, low, _ in cells)
    for value, low, high in sorted(cells):
        more = max(0.0, min(left, high - low))
        mean += value * more / 100
        left -= more
    return mean


def _reason(total: Figure, cells: Sequence[Figure], shares: Shares, low: float, high: float) -> str:
    parts = " and ".join(
        f"{one.value_pct:g} % of {one.cell}"
        + ("" if share == (0.0, 100.0) else f" ({share[0]:g} to {share[1]:g} % of all)")
        for one, share in zip(cells, shares, strict=True)
    )
    return f"{parts} together make {low:.1f} to {high:.1f} % of all, but the published total is {total.value_pct:g} %"
