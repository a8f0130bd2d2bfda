"""Do the terms of a model separate the outcomes, so that no finite coefficients fit best?

A direction in the space of coefficients along which no case fits worse and some fit better is a certificate of
separation (Albert and Anderson 1984, Biometrika 71, 1-10). It is looked for by linear programming (Konis 2007,
Linear programming algorithms for detecting separated data in binary logistic regression models).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

NOTHING = 1e-7


def separating_direction(family: str, X: Matrix, y: Vector, categories: int) -> Vector | None:
    """Coefficients (those of X; of multinomial models one set a category) of such a direction, or None.

    `y` has codes of categories from 0, or counts. Columns of X are scaled, so that the answer does not hang on units.
    """
    norms = np.abs(X).max(axis=0)
    scale = np.where(norms > 0, norms, 1.0)
    better, equal = _gains(family, X / scale, y, categories)
    better = np.unique(better, axis=0)
    equal = np.unique(equal, axis=0)
    found = linprog(
        -better.sum(axis=0),
        A_ub=-better,
        b_ub=np.zeros(len(better)),
        A_eq=equal if len(equal) else None,
        b_eq=np.zeros(len(equal)) if len(equal) else None,
        bounds=(-1, 1),
    )
    if found.x is None or not (better @ found.x).max(initial=0.0) > NOTHING:
        return None
    direction: Vector = found.x[: X.shape[1] * (categories - 1 if family == "multinomial" else 1)]
    return direction


def _gains(family: str, X: Matrix, y: Vector, categories: int) -> tuple[Matrix, Matrix]:
    """Rows whose product with the direction may not be negative, and rows whose product has to be 0."""
    none = np.empty((0, X.shape[1]))
    code = y.astype(np.int64)
    if family == "logit":
        return np.where(code[:, None] == 1, X, -X), none
    if family == "poisson":
        return -X[y == 0], X[y > 0]
    if family == "multinomial":
        sets = np.zeros((len(X), categories, categories - 1, X.shape[1]))
        for other in range(categories):
            own = np.flatnonzero(code != other)
            for k in range(1, categories):
                sets[own, other, k - 1] = X[own] * ((code[own] == k).astype(float) - (other == k))[:, None]
        return sets.reshape(len(X) * categories, -1), np.empty((0, X.shape[1] * (categories - 1)))
    places = np.arange(1, categories)
    above = np.hstack([-X, (code[:, None] + 1 == places).astype(np.float64)])[code < categories - 1]
    below = np.hstack([X, -(code[:, None] == places).astype(np.float64)])[code > 0]
    order = np.zeros((categories - 2, X.shape[1] + categories - 1))
    for place in range(categories - 2):
        order[place, X.shape[1] + place : X.shape[1] + place + 2] = (-1.0, 1.0)
    return np.vstack([above, below, order]), np.empty((0, X.shape[1] + categories - 1))
