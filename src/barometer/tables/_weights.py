"""Calibrated and replicate weights: arrays, and what the variance of estimates made with them needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """Weights that have been calibrated, and what the variance of estimates made with them needs.

    The residual of a linearised variable on `auxiliaries`, fitted with weights `base / variance` and multiplied by
    `weights`, carries its variance (Deville and Särndal 1992). `margins` has one row a total:
    'margin', 'cell', 'total' (wanted), 'before' and 'after' (weighted with `base` and `weights`), 'respondents'.
    """

    method: str  # 'poststratify', 'rake', 'linear', 'raking', 'logit'
    weights: Vector  # n, final
    base: Vector  # n, before
    auxiliaries: Matrix  # n x k, linearly independent columns
    names: tuple[str, ...]  # k
    margins: pl.DataFrame
    variance: Vector | None = None  # n, of the heteroscedastic model; None: constant
    raked: tuple[NDArray[np.int64], ...] = ()  # method 'rake': the cell of each row in each margin, in order
    steps: int = 0  # Newton steps, or rounds of proportional fitting
    triangle: Matrix | None = None  # k x k: auxiliaries @ inv(triangle) is orthonormal, weighted with base / variance

    @property
    def g(self) -> Vector:
        """g-weights: what calibration multiplied the base weights by; 1 where a base weight is 0."""
        factors: Vector = np.divide(self.weights, self.base, out=np.ones_like(self.base), where=self.base != 0)
        return factors

    @property
    def margin_error(self) -> float:
        """Largest difference between a weighted margin and its total, relative to 1 + |total|."""
        totals = self.margins["total"].to_numpy()
        return float(np.max(np.abs(self.margins["after"].to_numpy() - totals) / (1 + np.abs(totals)), initial=0.0))


@dataclass(frozen=True)
class Piece:
    """Weights of some rows in some replicates (b x m): those of `rows` (m numbers), replicates `columns`."""

    rows: NDArray[np.int64]
    columns: slice
    weights: Matrix


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: V(theta) = scale * sum_r rscales_r (theta_r - centre)², the centre being the mean of
    the theta_r with rscales_r > 0, or the estimate of the whole sample where `mse`.

    `chunk(i)` gives the weights (n x b) of the i-th group of replicates, the same at every call; `blocks()` runs
    through all of them, so that n x R numbers need never be stored. `strips` gives the same numbers with all replicates
    of some rows at a time, where the way of drawing allows it; `rank`, there too, is that of the weights of some rows,
    as it is but for a freak of chance.
    """

    type: str  # 'JK1', 'JKn', 'BRR', 'Fay', 'bootstrap', 'subbootstrap', 'RaoWuYue', 'mrbbootstrap', 'other'
    base: Vector  # n, weights of the whole sample
    scale: float
    rscales: Vector  # R
    chunks: int
    chunk: Callable[[int], Matrix]
    mse: bool = False
    strips: Callable[[], Iterator[Piece]] | None = None
    rank: Callable[[NDArray[np.bool_]], int] | None = None

    @classmethod
    def of(
        cls,
        base: Vector,
        weights: Matrix,
        scale: float,
        rscales: Vector,
        *,
        type: str = "other",  # noqa: A002  as survey packages call it
        mse: bool = False,
    ) -> "Replicates":
        """Replicates from a matrix of weights (n x R)."""
        return cls(type, base, scale, rscales, 1, lambda _: weights, mse)

    @property
    def count(self) -> int:
        return len(self.rscales)

    def blocks(self) -> Iterator[Matrix]:
        """Weights, some replicates at a time: matrices n x b whose columns follow each other."""
        return (self.chunk(number) for number in range(self.chunks))

    def pieces(self) -> Iterator[Piece]:
        """All weights, some rows or some replicates at a time, whichever is cheaper."""
        if self.strips is not None:
            yield from self.strips()
            return
        rows, start = np.arange(len(self.base)), 0
        for block in self.blocks():
            yield Piece(rows, slice(start, start + block.shape[1]), block.T)
            start += block.shape[1]

    @property
    def weights(self) -> Matrix:
        """All weights, n x R."""
        found = list(self.blocks())
        return found[0] if len(found) == 1 else np.hstack(found)
