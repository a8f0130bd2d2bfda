"""Quantiles of weighted values, by every rule of R's survey package (no design, no errors: those are in _quantiles).

The rules hf1 to hf9 are those of Hyndman and Fan (1996, The American Statistician 50, 361-365) carried to weights;
`math` is hf1, `school` hf2. `shahvaish` is Shah and Vaish (2006, Proceedings of the Survey Research Methods Section,
ASA, 3681-3688), with weights that sum to n.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

RULES = ("math", "school", "shahvaish", *(f"hf{number}" for number in range(1, 10)))


@dataclass(frozen=True)
class Ordered:
    """Values in rising order with their weights, all positive; n >= 1."""

    values: Vector
    weights: Vector

    @classmethod
    def of(cls, values: Vector, weights: Vector) -> "Ordered":
        """From values and weights in any order; cases of weight 0 are left out."""
        kept = weights != 0
        order = np.argsort(values[kept], kind="stable")
        return cls(values[kept][order], weights[kept][order])

    @cached_property
    def cumulated(self) -> Vector:
        """Running sums of the weights. In extended precision, so that a share of exactly one half is found as such."""
        return np.cumsum(self.weights, dtype=np.longdouble).astype(np.float64)

    @cached_property
    def distinct(self) -> "Ordered":
        """Every value once, with the weight of all cases that have it."""
        values, place = np.unique(self.values, return_inverse=True)
        return Ordered(values, np.bincount(place, self.weights).astype(np.float64))

    def quantile(self, share: float, rule: str = "math") -> float:
        """The value below which `share` (0 to 1) of the weight lies; NaN for a share of NaN.

        Beyond the first and last step of a rule the answer is the smallest or largest value. (R's survey package
        gives the second smallest for shares below the first weight, by hf1 to hf3, and extrapolates by hf4.)
        """
        if rule not in RULES:
            raise ValueError(f"no quantile rule '{rule}'; there are {', '.join(RULES)}")
        if np.isnan(share):
            return float("nan")
        if len(self.values) == 1:
            return float(self.values[0])
        if rule == "hf3":
            return self.distinct._step(share, rule)
        if rule in ("math", "school", "hf1", "hf2", "hf4"):
            return self._step(share, rule)
        steps = self._positions(rule)
        if rule == "shahvaish":
            place = int(np.searchsorted(steps, share, side="right")) - 1
            return float(self.values[max(place, 0)])
        return float(np.clip(np.interp(share, steps, self.values), self.values[0], self.values[-1]))

    def _step(self, share: float, rule: str) -> float:
        """Rules that look where the running sum of weights passes the share."""
        total = self.cumulated[-1]
        place = int(np.searchsorted(self.cumulated, share * total, side="right")) - 1
        if place < 0:
            return float(self.values[0])
        if place >= len(self.values) - 1:
            return float(self.values[-1])
        lower, upper = float(self.values[place]), float(self.values[place + 1])
        below = share - self.cumulated[place] / total
        if rule == "hf4":
            part = float(below / (below + self.cumulated[place + 1] / total - share))
            return min(max(lower + part * (upper - lower), lower), upper)  # rounding never leads outside
        if below != 0:
            return upper
        if rule in ("school", "hf2"):
            return (lower + upper) / 2
        return upper if rule == "hf3" and place % 2 == 0 else lower

    def _positions(self, rule: str) -> Vector:
        """The share at which each value stands."""
        after, weight = self.cumulated, self.weights
        before, total, last = after - weight, after[-1], weight[-1]
        before[1:] = after[:-1]
        before[0] = 0.0
        match rule:
            case "hf5":
                steps = (after - weight / 2) / total
            case "hf6":
                steps = after / (total + last)
            case "hf7":
                steps = before / after[-2]
            case "hf8":
                steps = (before / 3 + after * 2 / 3) / (total + last / 3)
            case "hf9":
                steps = (before * 3 / 8 + after * 5 / 8) / (total + last / 4)
            case _:  # shahvaish
                scaled = weight * (len(weight) / total)
                steps = (np.cumsum(scaled) + 0.5 - scaled / 2) / (len(weight) + 1)
        return np.asarray(steps, dtype=np.float64)
