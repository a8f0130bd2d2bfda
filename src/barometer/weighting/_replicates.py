"""Replicate weights of any table with design columns."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from barometer.problems import Place, Problem, raise_errors, suggestion
from barometer.tables import Replicates, Vector
from barometer.weighting._bootstrap import bootstrap, from_pseudo_population, harmonic_mean, rescaled, with_replacement
from barometer.weighting._calibration import NOWHERE, checked_weights
from barometer.weighting._fixed_replicates import half_samples, jk1, jkn
from barometer.weighting._primary import LONELY, StageUnits, stages_of

TYPES = ("JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap", "RaoWuYue", "mrbbootstrap")
REPLICATES = 500

Names = str | Sequence[str]


def replicate_weights(
    data: pl.DataFrame,
    *,
    weights: str,
    strata: Names = (),
    psu: Names = (),
    fpc: Names = (),
    type: str = "RaoWuYue",  # noqa: A002  as survey packages call it
    count: int = REPLICATES,
    rng: np.random.Generator | None = None,
    rho: float = 0.0,
    nest: bool = False,
    lonely: str = "fail",
    mse: bool = False,
    place: Place = NOWHERE,
) -> Replicates:
    """Replicate weights of a survey from its design columns.

    `strata`, `psu` and `fpc` name a column, or one a stage, as in `survey_design`; all types but 'mrbbootstrap' use
    the first stage. Types, with the weights, scale and rscales of R's `as.svrepdesign`:

    * 'JK1' jackknife without strata; 'JKn' with strata; both with finite populations
    * 'BRR' balanced half-samples; 'Fay' with `rho` between 0 and 1; two units a stratum, or an even number
    * 'subbootstrap' Rao and Wu's (m_h - 1)-bootstrap; 'RaoWuYue' the same with finite populations
    * 'bootstrap' Canty and Davison's, with finite populations by repeating units
    * 'mrbbootstrap' Preston's for several stages, with the finite population of each

    Half-samples are balanced by matrices of our own, others than R's, so that single BRR replicates differ from R's
    while variances of totals do not. The bootstraps need `rng`, draw `count` replicates, and are the same for the
    same state of `rng`. Rows keep their order; nothing is stored until chunks are asked for. `lonely` as in R for
    strata with one unit. Raises BadInput W012, W022 and W025; where a kind has no finite population correction and
    `fpc` is given it is W022, not dropped in silence.
    """
    if type not in TYPES:
        raise ValueError(f"type {type!r}: {suggestion(type, TYPES)}")
    if lonely not in LONELY:
        raise ValueError(f"lonely {lonely!r}: {suggestion(lonely, LONELY)}")
    missing = [Problem("W025", place, f"column '{weights}'", "a column of the data", suggestion(weights, data.columns))]
    raise_errors(missing if weights not in data.columns else [])
    base = checked_weights(data[weights], place)
    if type in ("BRR", "Fay", "subbootstrap") and fpc:
        way_out = "Leave fpc out (the variance is then too large rather than too small), or use 'RaoWuYue'."
        raise_errors([Problem("W022", place, f"a population for type '{type}'", "a type with correction", way_out)])
    stages = stages_of(data, _names(strata), _names(psu), _names(fpc), nest, place)
    if type == "JK1":
        return jk1(base, stages[0], mse, place)
    if type == "JKn":
        return jkn(base, stages[0], lonely, mse, place)
    if type in ("BRR", "Fay"):
        return half_samples(base, stages[0], rho, mse, place)
    if rng is None or count < 2:
        raise ValueError(f"type {type!r} needs a random generator, and at least 2 replicates")
    return _drawn(type, base, stages, count, rng, lonely, mse, place)


def _drawn(
    kind: str,
    base: Vector,
    stages: tuple[StageUnits, ...],
    count: int,
    rng: np.random.Generator,
    lonely: str,
    mse: bool,
    place: Place,
) -> Replicates:
    stage = stages[0]
    if kind == "mrbbootstrap":
        draw = rescaled(stages, lonely, place)
        return bootstrap(kind, base, draw, count, 1.0, 1 / (count - 1), int(rng.integers(2**63)), mse)
    if kind == "bootstrap" and harmonic_mean(stage.size) == 1:
        raise_errors([Problem("W022", place, "one primary unit in every stratum", "two or more", "Join strata.")])
    if kind != "bootstrap" or stage.fraction is None:
        return with_replacement(kind, base, stage, lonely, place, count, int(rng.integers(2**63)), mse)
    draw = from_pseudo_population(stage, rng, lonely, place)
    mean = harmonic_mean(stage.size)
    scale = mean / ((mean - 1) * (count - 1))
    return bootstrap(kind, base, draw, count, scale, 1.0, int(rng.integers(2**63)), mse)


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
