"""Indices from 0 to 100: several answers on a scale put together into one number a case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import numbers_of
from barometer.problems import BadInput, Place, Problem


def index(
    design: SurveyDesign,
    name: str,
    items: Sequence[str],
    *,
    scale: tuple[float, float],
    reverse: Collection[str] = (),
    item_weights: Mapping[str, float] | None = None,
    minimum: int | None = None,
) -> SurveyDesign:
    """The design with one more column `name`: the mean of the items, each carried to 0 at the low and 100 at the high
    end of `scale` (low, high); items in `reverse` the other way round.

    `item_weights` makes it a composite, over the items a case has answered (weights above 0; 1 without). A case
    with fewer than `minimum` answers (all items without) has no index and is missing, as where an answer is "don't
    know", which has to be missing in the data. With one item this is its 0-100 score. Raises BadInput T040, and T041
    for text and for answers outside the scale; ValueError for a scale without length.
    """
    low, high = scale
    if not low < high:
        raise ValueError("the low end of a scale is below its high end")
    values = numbers_of(design, items)
    problems = [
        problem for item, column in zip(items, values.T, strict=True) for problem in _outside(item, column, scale)
    ]
    if problems:
        raise BadInput(tuple(problems))
    scores = 100 * (values - low) / (high - low)
    turned = np.array([item in reverse for item in items])
    scores = np.where(turned, 100 - scores, scores)
    shares = np.array([1.0 if item_weights is None else item_weights[item] for item in items])
    if (shares <= 0).any():
        raise ValueError("weights of items are above 0")
    answered = ~np.isnan(scores)
    enough = answered.sum(axis=1) >= (len(items) if minimum is None else max(minimum, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        result = np.where(answered, scores, 0.0) @ shares / (answered @ shares)
    column = pl.Series(name, np.where(enough, result, np.nan)).fill_nan(None)
    return replace(design, data=design.data.with_columns(column))


def _outside(
    item: str, values: np.ndarray[tuple[int], np.dtype[np.float64]], scale: tuple[float, float]
) -> list[Problem]:
    wrong = np.flatnonzero((values < scale[0]) | (values > scale[1]))
    if len(wrong) == 0:
        return []
    found = f"{values[wrong[0]]:g} in case {wrong[0] + 1}" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else "")
    way_out = "Make codes such as 'don't know' missing, or give the scale these answers have."
    return [Problem("T041", Place(column=item), found, f"answers from {scale[0]:g} to {scale[1]:g}", way_out)]
