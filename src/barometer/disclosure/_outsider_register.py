"""What an outsider has of the register: its smallest cells, and which of them lie in a published one."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import TOTAL, Breakdown, Calibration, Survey

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Register:
    """The smallest register cells of a survey: how many units each has, and which lie in a breakdown's cell."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self.programme = survey, survey.programme
        used = [name for one in self.programme.breakdowns for name in self.programme.register_columns(one)]
        used += [name for margin in survey.weighting.margins for name in margin.columns]
        self.columns = [name for name in dict.fromkeys(used) if name in survey.frame.units.columns]
        codes = survey.frame.units.select(pl.col(name).cast(pl.String).fill_null("") for name in self.columns)
        if self.columns:
            self.leaves = codes.group_by(self.columns).len("units").sort(self.columns)
        else:
            self.leaves = pl.DataFrame({"units": [survey.frame.units.height]})
        self.units = self.leaves["units"].to_numpy().astype(np.float64)

    def inside(self, breakdown: str, cell: str) -> Flags | None:
        """Leaves in a register cell; None where answers have a part in it."""
        if breakdown == TOTAL:
            return np.ones(len(self.units), dtype=np.bool_)
        return self._inside(self.programme.breakdown(breakdown), cell)

    def _inside(self, breakdown: Breakdown, cell: str) -> Flags | None:
        if breakdown.column:
            return (self.leaves[breakdown.column] == cell).to_numpy()
        if breakdown.merges:
            parts = next(one.parts for one in breakdown.categories if one.code == cell) or (cell,)
            return _all_of(
                [self._inside(self.programme.breakdown(breakdown.merges), one) for one in parts], np.logical_or
            )
        if breakdown.crossing:
            pairs = zip(breakdown.crossing, cell.split(":"), strict=True)
            masks = [self._inside(self.programme.breakdown(part), one) for part, one in pairs]
            return _all_of(masks, np.logical_and)
        return None

    def margins(self) -> Iterator[tuple[Flags, float]]:
        """Groups of leaves whose weighted number of units everybody knows, because weights reproduce it."""
        weighting = self.survey.weighting
        if not weighting.weighted or weighting.calibration is Calibration.NONE:
            return
        yield np.ones(len(self.units), dtype=np.bool_), float(self.units.sum())
        for margin in weighting.margins:
            if set(margin.columns) <= set(self.columns):
                for part in self.leaves.select(margin.columns).unique().iter_rows():
                    same = [
                        (self.leaves[name] == code).to_numpy() for name, code in zip(margin.columns, part, strict=True)
                    ]
                    mask = np.logical_and.reduce(same)
                    yield mask, float(self.units[mask].sum())


def _all_of(masks: Sequence[Flags | None], join: np.ufunc) -> Flags | None:
    known = [one for one in masks if one is not None]
    return join.reduce(known) if len(known) == len(masks) else None
