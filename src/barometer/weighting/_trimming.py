"""Trimming of extreme weights, and what it costs (Potter 1990, Proceedings of the ASA section on survey methods)."""

from dataclasses import dataclass

import numpy as np

from barometer.problems import BadInput, Place, Problem
from barometer.tables import Calibrated, Vector
from barometer.weighting._calibration import NOWHERE, Numbers, checked_weights
from barometer.weighting._diagnostics import kish

SPREADS = ("equal", "proportional")


@dataclass(frozen=True)
class Trimmed:
    """Weights within limits that add up to the same sum, and what was paid for it: how many units were moved to a
    limit, the part of the sum of weights that changed hands, and Kish's design effect before and after."""

    weights: Vector
    trimmed: int
    moved: float
    deff_before: float
    deff_after: float

    def margin_errors(self, calibrated: Calibrated) -> dict[str, float]:
        """How far each margin that calibration had met is off after trimming, relative to its total."""
        reached = self.weights @ calibrated.auxiliaries
        wanted = calibrated.weights @ calibrated.auxiliaries
        errors = (reached - wanted) / np.maximum(np.abs(wanted), np.finfo(float).tiny)
        return dict(zip(calibrated.names, errors.tolist(), strict=True))


def trim(
    weights: Numbers,
    *,
    lower: float = 0.0,
    upper: float = float("inf"),
    strict: bool = True,
    spread: str = "equal",
    place: Place = NOWHERE,
) -> Trimmed:
    """Move weights (n) outside `lower` to `upper` to the limit, and spread what is cut off over the other units.

    `spread` 'equal' adds the same to each other unit (R's `trimWeights`); 'proportional' multiplies them. `strict`
    repeats until nothing is outside the limits; otherwise once, as R does by default. Raises BadInput W012; W024
    where limits are crossed, or no weights between them have the sum.
    """
    if spread not in SPREADS:
        raise ValueError(f"spread {spread!r} is none of {SPREADS}")
    before = checked_weights(weights, place)
    total, size = before.sum(), len(before)
    if not (0 <= lower < upper and size * lower <= total <= size * upper):
        found = f"limits {lower:g} and {upper:g} for {size} weights with a mean of {total / size:.6g}"
        way_out = "Choose limits on both sides of the mean weight."
        raise BadInput((Problem("W024", place, found, "limits on both sides of the mean", way_out),))
    after = before
    held = np.zeros(size, dtype=bool)
    while True:
        outside = ((after < lower) | (after > upper)) & ~held
        if not outside.any():
            break
        held |= outside
        after = _once(after, held, lower, upper, total, spread)
        if not strict:
            break
    moved = float(np.abs(after - before).sum() / 2 / total)
    return Trimmed(after, int(held.sum()), moved, kish(before), kish(after))


def _once(weights: Vector, held: np.ndarray, lower: float, upper: float, total: float, spread: str) -> Vector:
    clipped = np.where(held, np.clip(weights, lower, upper), weights)
    rest = total - clipped.sum()
    free = ~held
    if not free.any():
        return clipped
    if spread == "equal":
        return np.where(free, clipped + rest / free.sum(), clipped)
    return np.where(free, clipped * (1 + rest / clipped[free].sum()), clipped)
