"""Estimates from a survey too large for memory, and their errors, finished from the sums of small groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design import Names, SurveyDesign
from barometer.estimation._domain_statistics import ROUNDING, degrees, linearised_variances, one_unit
from barometer.estimation._figures import Figures, Measured, Options, figures, figures_table, simple_variance
from barometer.estimation._items import Domains, as_names, domains
from barometer.estimation._large_survey import ROWS, LargeSurvey, reduced_design
from barometer.estimation._lazy_items import LazyItems, lazy_items, raise_unknown
from barometer.estimation._lazy_sums import Deviations, Sums, deviations, products, sums
from barometer.estimation._log_odds import log_odds_variances
from barometer.estimation._proportions import INTERVALS
from barometer.estimation._replicates import rank_of_products
from barometer.problems import BadInput, Place, Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

KINDS = ("total", "mean", "proportion", "ratio")
MOST_REPLICATES = 100
"""With more replicates their rank is not worked out: it takes a sum for each two of them."""


@dataclass(frozen=True)
class LargeEstimates:
    """`table` has the columns of a `Result`'s; `rows` and `weighted` are those of the survey, `method` says how
    variances were made."""

    table: pl.DataFrame
    rows: int
    weighted: float
    method: str
    design: SurveyDesign = field(repr=False)


def large_estimates(
    survey: LargeSurvey,
    kind: str,
    variables: Names,
    *,
    denominator: Names = (),
    by: Names = (),
    ci: str = "logit",
    deff: str = "without",
    df: str | float = "domain",
    level: float = 0.95,
) -> LargeEstimates:
    """Estimate a "total", "mean", "proportion" or "ratio" (which has `denominator`s: one, or one each) in domains.

    Arguments and figures are those of `total`, `mean`, `proportion` and `ratio` with a design in memory, to 1e-10. The
    data are read twice; what comes back has a row for each stratum, unit and domain, never for each respondent.
    Covariances between domains, and so contrasts, are not to be had.

    Raises BadInput for columns that are not there (T040, T041), designs that cannot be (T012 to T021), and what
    sums by group cannot hold: very many groups or categories, degrees of freedom of very many replicates (T025).
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    if ci not in INTERVALS:
        raise ValueError(f"ci is one of {', '.join(INTERVALS)}")
    tops, bottoms, names = as_names(variables), as_names(denominator), as_names(by)
    bottoms = bottoms * len(tops) if len(bottoms) == 1 else bottoms
    if kind == "ratio" and len(bottoms) != len(tops):
        raise ValueError("give one denominator, or one for each variable")
    raise_unknown(survey.frame, names)
    items = lazy_items(survey.frame, survey.weight, kind, tops, bottoms)
    options = Options(deff, df, level, ci)
    first = sums(survey, items, names)
    design = reduced_design(survey, first.groups)
    table = _Reduced(survey, kind, items, options, first, design, domains(design, names)).table()
    rows, weighted = int(first.groups[ROWS].sum()), float(design.weights.sum())
    return LargeEstimates(table, rows, weighted, design.method, design)


@dataclass(frozen=True)
class _Reduced:
    """The survey's sums, with all that is asked of them."""

    survey: LargeSurvey
    kind: str
    items: LazyItems
    options: Options
    sums: Sums
    design: SurveyDesign
    cells: Domains

    def table(self) -> pl.DataFrame:
        estimates = [self._estimate(rows) for rows in self.cells.rows]
        errors = self._deviations(estimates)
        freedom = self._replicate_freedom() if self.survey.replicates else None
        cells = [
            self._figures(place, rows, estimates[place], errors, freedom) for place, rows in enumerate(self.cells.rows)
        ]
        return figures_table(self.cells.by, self.cells.labels, self.items.labels, cells)

    @property
    def _base(self) -> list[int]:
        """Number of each item's base."""
        return [item.base for item in self.items.items]

    def _estimate(self, rows: Numbers) -> Vector:
        above, below = self.sums.above[rows].sum(axis=0), self.sums.below[rows].sum(axis=0)[self._base]
        n = self.sums.n[rows].sum(axis=0)[self._base]
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.where(n > 0, above if self.kind == "total" else above / below, np.nan)
        if self.kind in ("mean", "proportion"):
            estimate = np.where(self._constant(rows), self._high(rows), estimate)
        return estimate

    def _constant(self, rows: Numbers) -> Flags:
        low = np.fmin.reduce(self.sums.low[rows], axis=0, initial=np.inf)
        constant: Flags = low == self._high(rows)
        return constant

    def _high(self, rows: Numbers) -> Vector:
        high: Vector = np.fmax.reduce(self.sums.high[rows], axis=0, initial=-np.inf)
        return high

    def _deviations(self, estimates: Sequence[Vector]) -> Deviations | None:
        """The second reading, where it is needed: replicates do without it, unless design effects are asked for."""
        if self.survey.replicates and self.options.deff == "none":
            return None
        centres = []
        for rows, estimate in zip(self.cells.rows, estimates, strict=True):
            above, size = self.sums.above[rows].sum(axis=0), self.sums.size[rows].sum(axis=0)[self._base]
            with np.errstate(divide="ignore", invalid="ignore"):
                centres.append(above / size if self.kind == "total" else estimate)
        cell = [place for place, rows in enumerate(self.cells.rows) for _ in rows]
        rows = np.concatenate([*self.cells.rows, np.empty(0, dtype=np.int64)])
        groups = self.sums.groups[rows].with_columns(pl.Series("__cell", cell, dtype=pl.Int64))
        domain = groups.select(*self.cells.by, "__cell").unique(maintain_order=True)
        centre = np.array(centres)[domain["__cell"].to_numpy()]
        return deviations(
            self.survey,
            self.items,
            self.cells.by,
            domain.drop("__cell"),
            centre,
            linear=self.kind == "total",
            simple=self.options.deff != "none",
        )

    def _figures(
        self, place: int, rows: Numbers, estimate: Vector, errors: Deviations | None, freedom: Vector | None
    ) -> Figures:
        n = self.sums.n[rows].sum(axis=0)[self._base]
        simple = np.zeros(len(n))
        if errors is not None and self.options.deff != "none":
            squares, size = errors.squares[rows].sum(axis=0), self.sums.size[rows].sum(axis=0)[self._base]
            if self.kind == "ratio":
                with np.errstate(divide="ignore", invalid="ignore"):
                    squares = squares / self.sums.below[rows].sum(axis=0)[self._base] ** 2
            simple = simple_variance(self.kind, squares, size, n, self.options.deff == "with")
        log_odds = None
        if freedom is not None:
            df = np.full(len(n), freedom[place])
            variance, log_odds = self._replicate_variances(rows, estimate, n)
        else:
            assert errors is not None
            df, variance = self._degrees(rows), self._variances(rows, errors)
        measured = Measured(
            self.kind,
            n,
            estimate,
            variance,
            self._constant(rows),
            self._one_unit(rows, n),
            df,
            simple,
            lambda items: self._effective_size(rows, items),
            log_odds,
        )
        return figures(measured, self.options)

    def _variances(self, rows: Numbers, errors: Deviations) -> Vector:
        """Variances by linearisation, of the sums of the groups' contributions."""
        if len(rows) == 0:
            return np.zeros(len(self._base))
        below = np.ones(len(self._base)) if self.kind == "total" else self.sums.below[rows].sum(axis=0)[self._base]
        with np.errstate(divide="ignore", invalid="ignore"):
            totals = np.nan_to_num(errors.total[rows] / below)
            within = np.nan_to_num(errors.within[rows] / below**2)
            scope = np.nan_to_num(errors.absolute[rows].sum(axis=0) / np.abs(below))
        if not self.survey.elements:
            variances = linearised_variances(self.design, rows, self.sums.n[rows][:, self._base] > 0, totals)
        else:
            variances = np.zeros(len(self._base))
            for base in range(len(self.items.bases)):
                items = np.flatnonzero(np.array(self._base) == base)
                stage = self._counted(base).stages[0]
                seen = rows[self.sums.n[rows, base] > 0]
                order = np.argsort(self.design.psu[seen])
                mine = np.ix_(np.searchsorted(rows, seen)[order], items)
                if len(seen):
                    variances[items] = stage.spread(self.design.psu[seen][order], totals[mine], within[mine])
        return np.where(variances < (ROUNDING * scope) ** 2, 0.0, variances)

    def _counted(self, base: int) -> SurveyDesign:
        """The design with groups that stand for the rows observed only."""
        count = np.zeros(self.design.n)
        count[self.design.psu] = self.sums.n[:, base]
        return replace(self.design, stages=(replace(self.design.stages[0], count=count),))

    def _degrees(self, rows: Numbers) -> Vector:
        observed, rule = self.sums.n[rows][:, self._base] > 0, self.options.df
        if not (self.survey.elements and rule == "observed"):
            return degrees(self.design, rows, observed, rule)
        found = [degrees(self._counted(base), rows, self.sums.n[rows][:, [base]] > 0, rule) for base in self._base]
        return np.concatenate(found) if found else np.empty(0)

    def _one_unit(self, rows: Numbers, n: Vector) -> Flags:
        if self.survey.psu and not self.survey.replicates:
            return one_unit(self.design, rows, self.sums.n[rows][:, self._base] > 0)
        alone: Flags = n == 1
        return alone & (not (self.survey.elements and len(rows) and self.design.is_whole(rows)))

    def _effective_size(self, rows: Numbers, items: Flags) -> Vector:
        """(sum w)² / sum w², with w the weight of all rows of a primary unit (Kish)."""
        base = np.array(self._base)[items]
        size = self.sums.size[rows][:, base]
        if self.survey.psu and not self.survey.replicates:
            units = np.zeros((self.design.n, len(base)))
            np.add.at(units, self.design.psu[rows], size)
            squares = (units**2).sum(axis=0)
        else:
            squares = self.sums.squares[rows][:, base].sum(axis=0)
        result: Vector = size.sum(axis=0) ** 2 / squares
        return result

    def _replicate_variances(self, rows: Numbers, estimate: Vector, n: Vector) -> tuple[Vector, Vector | None]:
        """Of the estimates, and of the log-odds of proportions where intervals need it."""
        replicates = self.design.replicates
        assert replicates
        if len(rows) == 0:
            return np.zeros(len(n)), None
        above, below = (repeated[:, rows].sum(axis=1) for repeated in self.sums.replicates)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(n > 0, above if self.kind == "total" else above / below[:, self._base], np.nan)
        log_odds = self.kind == "proportion" and self.options.needs_log_odds
        return replicates.variances(values, estimate), (
            log_odds_variances(replicates, values, estimate) if log_odds else None
        )

    def _replicate_freedom(self) -> Vector:
        """Degrees of freedom of each domain: rank of the replicate weights, minus 1. Raises BadInput T025."""
        how, rule, count = self.survey.replicates, self.options.df, len(self.cells.rows)
        assert how
        if not isinstance(rule, str) or rule == "normal":
            return np.full(count, np.inf if rule == "normal" else float(rule))
        whole = [rule == "full" or len(rows) == self.design.n for rows in self.cells.rows]
        if how.degf is not None and all(whole):
            return np.full(count, how.degf)
        if rule == "observed" or len(how.columns) > MOST_REPLICATES:
            raise BadInput((_too_much_freedom(rule, len(how.columns)),))
        by_group = products(self.survey, self.cells.by)
        found = [
            rank_of_products(by_group.sum(axis=0) if all_rows else by_group[rows].sum(axis=0))
            for rows, all_rows in zip(self.cells.rows, whole, strict=True)
        ]
        given = [how.degf if all_rows and how.degf is not None else None for all_rows in whole]
        return np.array(
            [max(rank - 1, 0) if known is None else known for rank, known in zip(found, given, strict=True)],
            dtype=np.float64,
        )


def _too_much_freedom(rule: str, count: int) -> Problem:
    return Problem(
        "T025",
        Place(),
        f"'{rule}' degrees of freedom of {count:,} replicates",
        f"at most {MOST_REPLICATES} replicates, and all rows of a domain",
        "Give the degrees of freedom and take them everywhere (degf with df='full'; --rep-df with --df full), or take "
        "normal quantiles (df='normal').",
    )
