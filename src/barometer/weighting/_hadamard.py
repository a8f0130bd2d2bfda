"""Hadamard matrices, which balance half-samples (Paley 1933, On orthogonal matrices, J. Math. Phys. 12)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.int8]


@cache
def hadamard(above: int) -> Signs:
    """A matrix of 1 and -1 with orthogonal rows, the first of them all 1, of the smallest order above `above` that
    Sylvester's or one of Paley's constructions over a prime field gives (every multiple of 4 up to 88)."""
    order = next(size for size in range(above + 1, 4 * above + 8) if size in (1, 2) or (size % 4 == 0 and _made(size)))
    matrix = _matrix(order)
    normal: Signs = matrix * matrix[0]
    return normal


def _made(order: int) -> bool:
    if order in (1, 2):
        return True
    if order % 4:
        return False
    return _prime(order - 1) or (_prime(order // 2 - 1) and order // 2 % 4 == 2) or _made(order // 2)


def _matrix(order: int) -> Signs:
    if order == 1:
        return np.ones((1, 1), dtype=np.int8)
    if order == 2 or _made(order // 2):
        half = _matrix(order // 2)
        return np.block([[half, half], [half, -half]])
    if _prime(order - 1):
        return _bordered(order - 1, -1) + np.eye(order, dtype=np.int8)
    symmetric = _bordered(order // 2 - 1, 1)
    eye = np.eye(order // 2, dtype=np.int8)
    return np.kron(symmetric, np.array([[1, 1], [1, -1]], dtype=np.int8)) + np.kron(
        eye, np.array([[1, -1], [-1, -1]], dtype=np.int8)
    )


def _bordered(prime: int, sign: int) -> Signs:
    """Jacobsthal's matrix of quadratic residues with a border of 1 above and `sign` at the left, 0 in the corner."""
    numbers = np.arange(prime)
    residue = np.full(prime, -1, dtype=np.int8)
    residue[numbers**2 % prime] = 1
    residue[0] = 0
    matrix = np.zeros((prime + 1, prime + 1), dtype=np.int8)
    matrix[0, 1:], matrix[1:, 0] = 1, sign
    matrix[1:, 1:] = residue[(numbers[:, None] - numbers[None, :]) % prime]
    return matrix


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
