"""Variance of samples with unequal probabilities and without replacement, from joint probabilities of selection.

With x_i the weighted value of unit i and D_ij = 1 - p_i p_j / p_ij, the Horvitz–Thompson form is
V = sum_ij D_ij x_i x_j, and the Yates–Grundy form V = -1/2 sum_ij D_ij (x_i - x_j)². Where joint probabilities p_ij
are not known, they are approximated from the units' own: by Overton (1985) or by Hartley and Rao (1962), as `pps` of
R's survey package does. Brewer's approximation needs no pairs and is in `_stages`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class JointProbabilities:
    """How pairs of units were drawn, for `survey_design(..., pps=...)`.

    `matrix`: probabilities that both units of a pair are drawn (n x n, in the order of the data; own probabilities
    on the diagonal); None when `approximation` makes them of the units' own, given as `fpc`. `mean_square` is the
    population's sum of p² over n for Hartley and Rao; without it the sample's mean of p stands for it. `form`:
    Horvitz–Thompson ("HT") or Yates–Grundy ("YG").
    """

    matrix: Matrix | None = None
    approximation: Literal["overton", "hartley-rao"] = "overton"
    mean_square: float | None = None
    form: Literal["HT", "YG"] = "HT"


@dataclass(frozen=True)
class Pairs:
    """The matrix D of units (U x U); `unit` numbers the cases' units in the order of D."""

    unit: Numbers
    weight: Matrix
    form: str

    def covariance(self, contributions: Matrix) -> Matrix:
        """Covariance of the column sums of `contributions` (n x k, all cases)."""
        totals = np.zeros((len(self.weight), contributions.shape[1]))
        np.add.at(totals, self.unit, contributions)
        result: Matrix = totals.T @ (self.weight @ totals)
        if self.form == "YG":
            result = result - (totals * self.weight.sum(axis=0)[:, None]).T @ totals
        return result


def pairs(unit: Numbers, stratum: Numbers, probability: Vector, how: JointProbabilities) -> Pairs:
    """D for units numbered from 0 (cases' `unit`), of the cases' strata and probabilities.

    Raises ValueError when the matrix of joint probabilities does not have one row a unit.
    """
    units, first = np.unique(unit, return_index=True)
    own, stratum = probability[first], stratum[first]
    if how.matrix is not None:
        if how.matrix.shape != (len(units), len(units)):
            raise ValueError(f"joint probabilities must be a {len(units)} x {len(units)} matrix")
        joint = np.asarray(how.matrix, dtype=np.float64)
        weight = (joint - np.outer(np.diag(joint), np.diag(joint))) / joint
        weight[np.abs(weight) < joint.min() / 1e4] = 0.0
        return Pairs(unit, weight, how.form)
    _, group, counts = np.unique(stratum, return_inverse=True, return_counts=True)
    size = counts[group].astype(np.float64)[:, None]
    if how.approximation == "overton":
        mean = (own[:, None] + own) / 2
        weight = 1 - (size - mean) / np.maximum(size - 1, 1)
    else:
        mean = own[:, None] + own
        correction = how.mean_square if how.mean_square is not None else (np.bincount(group, own) / counts)[group]
        weight = 1 - (size - mean + np.broadcast_to(correction, len(own))[:, None]) / np.maximum(size - 1, 1)
    weight[(group[:, None] != group) | (mean == 1)] = 0.0
    np.fill_diagonal(weight, 1 - own)
    return Pairs(unit, weight, how.form)
