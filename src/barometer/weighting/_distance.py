"""Distances of calibration: how g depends on u = x'λ (Deville and Särndal 1992, Calibration estimators, JASA 87).

linear   g = 1 + u                 the regression estimator; cut off at the bounds, if there are any
raking   g = exp(u)                multiplicative, always positive; cut off at the bounds
logit    g between its bounds      L < g < U without ever touching them; F(0) = F'(0) = 1
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from barometer.problems import Place, Problem
from barometer.tables import Vector

METHODS = ("linear", "raking", "logit")
AT_BOUND = 1e-4
"""Slope taken where g is cut off at a bound, so that Newton's steps can leave it."""
FLAT = 1e-12

Bounds = tuple[float, float]
NO_BOUNDS: Bounds = (-math.inf, math.inf)


def check_bounds(method: str, bounds: Bounds, place: Place) -> list[Problem]:
    """W019 when the bounds cannot hold g-weights that start at 1, or the method cannot do without them."""
    lower, upper = bounds
    if method == "logit" and not (lower >= 0 and math.isfinite(upper)):
        needed = "finite bounds, the lower from 0"
    elif lower < 1 < upper:
        return []
    else:
        needed = "a lower bound below 1 and an upper above 1"
    way_out = "Write bounds = [0.3, 3.0], for example: weights may then shrink to 0.3 and grow to 3 times."
    return [Problem("W019", place, f"bounds {lower:g} and {upper:g} for method '{method}'", needed, way_out)]


@dataclass(frozen=True)
class Distance:
    """One of METHODS between two bounds of g."""

    method: str
    lower: float
    upper: float

    @property
    def _ends(self) -> tuple[float, float]:
        """Bounds of u between which g is not cut off."""
        if self.method == "raking":
            return math.log(self.lower) if self.lower > 0 else -math.inf, math.log(self.upper)
        return self.lower - 1, self.upper - 1

    @property
    def _logit(self) -> tuple[float, float]:
        lower, upper = self.lower, self.upper
        return (upper - lower) / ((upper - 1) * (1 - lower)), math.log((1 - lower) / (upper - 1))

    def factor(self, u: Vector) -> Vector:
        """g (same shape as `u`)."""
        if self.method == "logit":
            steepness, shift = self._logit
            bent: Vector = self.lower + (self.upper - self.lower) * expit(steepness * u + shift)
            return bent
        inside = np.clip(u, *self._ends)
        with np.errstate(over="ignore"):
            g: Vector = np.exp(inside) if self.method == "raking" else 1 + inside
        return g

    def slope(self, u: Vector) -> Vector:
        """Derivative of g; a little instead of 0 where g is at a bound."""
        if self.method == "logit":
            g = self.factor(u)
            steepness, _ = self._logit
            rising = steepness * (g - self.lower) * (self.upper - g) / (self.upper - self.lower)
            return np.maximum(rising, FLAT)
        if self.method == "linear" and (self.lower, self.upper) == NO_BOUNDS:
            return np.ones_like(u)
        low, high = self._ends
        inside = (u > low) & (u < high)
        return np.where(inside, self.factor(u) if self.method == "raking" else 1.0, AT_BOUND)

    def integral(self, u: Vector) -> Vector:
        """Integral of g, but for a constant."""
        if self.method == "logit":
            steepness, shift = self._logit
            soft: Vector = np.logaddexp(0.0, steepness * u + shift)
            return self.lower * u + (self.upper - self.lower) / steepness * soft
        inside = np.clip(u, *self._ends)
        with np.errstate(over="ignore", invalid="ignore"):
            area = np.exp(inside) if self.method == "raking" else inside + inside**2 / 2
            value: Vector = area + self.factor(inside) * (u - inside)
        return value
