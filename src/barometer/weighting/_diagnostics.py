"""How the weights came out: spread, g-weights, margins."""

import numpy as np
import polars as pl

from barometer.tables import Calibrated, Vector

QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


def kish(weights: Vector) -> float:
    """Design effect by unequal weights, 1 + the squared coefficient of variation (Kish 1965, Survey sampling,
    section 11.7): the variance of a mean that the weights have nothing to do with, against equal weights."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def diagnose(calibrated: Calibrated) -> pl.DataFrame:
    """Figures of a calibration, one row each (`statistic`, `value`): respondents, sum of weights before and after,
    design effect by weighting before and after and the effective sample size, quantiles of g, weights at or below
    zero, margins and the largest relative miss, steps. The margins one by one are in `calibrated.margins`."""
    weights, base, g = calibrated.weights, calibrated.base, calibrated.g
    values = {
        "respondents": float(len(weights)),
        "sum_before": float(base.sum()),
        "sum_after": float(weights.sum()),
        "deff_before": kish(base),
        "deff_after": kish(weights),
        "effective_size": len(weights) / kish(weights),
        **{f"g_{level:g}": float(np.quantile(g[base > 0], level)) for level in QUANTILES},
        "not_positive": float((weights[base > 0] <= 0).sum()),
        "margins": float(calibrated.margins.height),
        "margin_error": calibrated.margin_error,
        "steps": float(calibrated.steps),
    }
    return pl.DataFrame({"statistic": list(values), "value": list(values.values())})
