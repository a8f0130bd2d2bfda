"""p-values adjusted for several tests."""

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._intervals import holm_by_column

ADJUSTMENTS = ("none", "holm", "bh", "bonferroni")


def adjusted(p: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    """The p-values (one dimension) adjusted for being looked at together; NaNs are not tests and stay NaN.

    `holm` and `bonferroni` bound the chance of any false finding (Holm 1979, Scandinavian Journal of Statistics 6,
    65-70); `bh` the expected part of false ones among the findings (Benjamini and Hochberg 1995, Journal of the
    Royal Statistical Society B 57, 289-300).
    """
    if method not in ADJUSTMENTS:
        raise ValueError(f"no adjustment '{method}'; there are {', '.join(ADJUSTMENTS)}")
    if method == "none":
        return p.copy()
    if method == "holm":
        return holm_by_column(p[:, None])[:, 0]
    tests = int((~np.isnan(p)).sum())
    if method == "bonferroni":
        return np.minimum(p * tests, 1.0)
    order = np.argsort(p, kind="stable")[:tests][::-1]  # largest first; NaNs are last in the sorting
    stepped = np.minimum.accumulate(p[order] * tests / np.arange(tests, 0, -1))
    result = np.full(len(p), np.nan)
    result[order] = np.minimum(stepped, 1.0)
    return result
