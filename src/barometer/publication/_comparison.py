"""Published figures of an earlier publication beside ours, at the rounding they were printed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from barometer.disclosure import Release
from barometer.edition import Figure
from barometer.model import Edition, Measure


@dataclass(frozen=True)
class Comparison:
    """One published figure and ours. Shares are per cent, other measures in their own unit.

    `outcome`: 'equal' or 'differs' as printed (value and, where published, n); 'hidden': ours is confidential;
    'contradicted': the publication contradicts itself here; 'approximate': no digit was printed. The last three
    are listed with their `reason` and not compared.
    """

    figure: Figure
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    outcome: str
    reason: str = ""


def compare(
    release: Release, edition: Edition, figures: Sequence[Figure], contradicted: Mapping[Figure, str]
) -> tuple[Comparison, ...]:
    """Compare each figure with the released cell it names; the order of `figures` is kept."""
    cells = {
        (row["survey"], row["indicator"], row["breakdown"], row["cell"]): row
        for row in release.cells.iter_rows(named=True)
    }
    scales = {one.id: 100.0 if one.measure is Measure.SHARE else 1.0 for one in edition.indicators}
    return tuple(
        _one(
            figure,
            cells.get((figure.survey, figure.indicator, figure.breakdown, figure.cell)),
            contradicted,
            scales[figure.indicator],
        )
        for figure in figures
    )


def as_printed(value: float, decimals: int) -> Decimal:
    """Round half up, as people do, to the decimals of a printed figure."""
    return Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_of(printed: float) -> int:
    """Decimals a figure was printed with: 86.0 has none, 86.5 one."""
    exponent = Decimal(repr(printed)).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _one(figure: Figure, row: Mapping[str, Any] | None, contradicted: Mapping[Figure, str], scale: float) -> Comparison:
    if row is None or row["value"] is None:
        return Comparison(figure, None, None, None, None, "hidden", "not in the release")
    value, low, high = (None if row[key] is None else scale * row[key] for key in ("value", "ci_low", "ci_high"))
    if figure in contradicted:
        return Comparison(figure, value, low, high, row["n"], "contradicted", contradicted[figure])
    if figure.approximate:
        return Comparison(figure, value, low, high, row["n"], "approximate", figure.approximate)
    decimals = decimals_of(figure.value_pct)
    same = value is not None and as_printed(value, decimals) == as_printed(figure.value_pct, decimals)
    if not same:
        return Comparison(figure, value, low, high, row["n"], "differs", "the value differs")
    if figure.n is not None and figure.n != row["n"]:
        return Comparison(figure, value, low, high, row["n"], "differs", f"n is {row['n']}, published {figure.n}")
    return Comparison(figure, value, low, high, row["n"], "equal")
