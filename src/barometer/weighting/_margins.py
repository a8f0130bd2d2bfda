"""Margins: the register totals that weights must reproduce, and each respondent's part in them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Calibration, Frame, Margin, Survey

NUMERIC = ("integer", "number")


@dataclass(frozen=True)
class Margins:
    """`part` (respondents x cells) is 1 where the respondent is in the cell, or the value of a numeric margin;
    `totals` are the same sums over the frame; `labels` name the cells; `columns` the margin each belongs to."""

    part: NDArray[np.float64]
    totals: NDArray[np.float64]
    labels: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]


def margins_of(survey: Survey, units: pl.DataFrame) -> Margins:
    """Cells of all margins, in their order and within a margin by code; none if nothing is calibrated.

    Only cells with units in the frame count. `units` are the responding units, one row each.
    """
    weighting = survey.weighting
    parts, totals = [np.empty((units.height, 0))], [np.empty(0)]
    labels: list[str] = []
    columns: list[tuple[str, ...]] = []
    if weighting.weighted and weighting.calibration is not Calibration.NONE:
        for margin in weighting.margins:
            part, total, names = _margin(survey.frame, margin, units)
            parts.append(part)
            totals.append(total)
            labels += names
            columns += [margin.columns] * len(names)
    return Margins(np.hstack(parts), np.concatenate(totals), tuple(labels), tuple(columns))


def is_numeric(frame: Frame, margin: Margin) -> bool:
    return len(margin.columns) == 1 and frame.column(margin.columns[0]).kind in NUMERIC


def _margin(
    frame: Frame, margin: Margin, units: pl.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    if is_numeric(frame, margin):
        name = margin.columns[0]
        values = units[name].cast(pl.Float64).to_numpy()
        return values[:, None], np.array([float(frame.units[name].sum())]), [name]
    key = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in margin.columns], separator=":")
    counts = frame.units.group_by(key.alias("cell")).len().sort("cell")
    cells = counts["cell"].to_numpy()
    place = np.searchsorted(cells, units.select(key).to_series().to_numpy())
    part = (place[:, None] == np.arange(len(cells))).astype(np.float64)
    head = ":".join(margin.columns)
    return part, counts["len"].to_numpy().astype(np.float64), [f"{head}={cell}" for cell in cells]
