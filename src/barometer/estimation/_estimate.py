"""The doors: a survey's whole programme of figures in one go, and several surveys joined."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from barometer.estimation._cases import cases_of
from barometer.estimation._cells import Part, cell_figures
from barometer.estimation._contrasts import contrasts_of
from barometer.estimation._domains import domains_of
from barometer.estimation._evidence import counts, leaf_numbers, leaves
from barometer.model import TOTAL, Programme, Survey
from barometer.tables import (
    ANSWERS,
    CELLS,
    CONTRASTS,
    COUNTS,
    DIAGNOSTICS,
    LEAVES,
    RESPONSE,
    SAMPLE,
    WEIGHTS,
    Column,
    Estimates,
    Sample,
    UnitCounts,
    Weights,
    check_columns,
    empty,
)


def estimate(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights) -> Estimates:
    """Every indicator of the survey by every breakdown its programme asks for, and in total.

    `answers` and `weights.cases` have the same cases in the same order. Cells come in the order of indicators,
    breakdowns and categories, empty ones included. The order of cases is irrelevant, to the last bit.

    Raises BadInput (T001, T002) when a definition uses a question or column that is in neither answers nor
    register, and ValueError when the tables do not belong together.
    """
    check_columns(sample.units, SAMPLE, "sample")
    check_columns(answers, ANSWERS, "answers")
    check_columns(weights.cases, WEIGHTS, "weights")
    programme = survey.programme
    cases = cases_of(survey, sample, answers, weights)
    domains = domains_of(survey, cases.table)
    leaf = leaf_numbers(programme, cases.table)
    cells: list[Part] = []
    contrasts: list[Part] = []
    for breakdown in domains:
        columns = _indicators_by(programme, breakdown)
        if columns and domains[breakdown]:
            wanted = cases.only(columns)
            figures = [cell_figures(wanted, domain, programme.level) for domain in domains[breakdown]]
            named = {
                "indicator": np.array([programme.indicators[column].id for column in columns], dtype=object),
                "position": np.array(columns),
            }
            cells += [figure.columns | named for figure in figures]
            contrasts += [pair | named for pair in contrasts_of(wanted, domains[breakdown], figures)]
    return Estimates(
        cells=_table(cells, CELLS, survey.id),
        contrasts=_table(contrasts, CONTRASTS, survey.id),
        leaves=_table(leaves(programme, domains, leaf), LEAVES, survey.id),
        counts=_table(counts(programme, cases, domains, leaf), COUNTS, survey.id),
        response=check_columns(weights.response, RESPONSE, "response"),
        diagnostics=check_columns(weights.diagnostics, DIAGNOSTICS, "diagnostics"),
    )


def unit_counts(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights) -> UnitCounts:
    """The evidence of `estimate` unit by unit, for what is published later about the same units."""
    cases = cases_of(survey, sample, answers, weights)
    domains = domains_of(survey, cases.table)
    numbers = pl.DataFrame({"leaf": cases.unit, "unit_id": cases.table["unit_id"]}).unique(maintain_order=True)

    def by_unit(parts: Sequence[Part], columns: Sequence[Column]) -> pl.DataFrame:
        table = _table(parts, columns, survey.id).join(numbers, on="leaf", maintain_order="left")
        return table.select("survey", "unit_id", pl.exclude("survey", "unit_id", "leaf"))

    return UnitCounts(
        leaves=by_unit(leaves(survey.programme, domains, cases.unit), LEAVES),
        counts=by_unit(counts(survey.programme, cases, domains, cases.unit), COUNTS),
    )


def join(estimates: Sequence[Estimates]) -> Estimates:
    """The estimates of several surveys under one another, in the order given."""
    if not estimates:
        raise ValueError("there are no estimates to join")
    return Estimates(
        cells=pl.concat([one.cells for one in estimates]),
        contrasts=pl.concat([one.contrasts for one in estimates]),
        leaves=pl.concat([one.leaves for one in estimates]),
        counts=pl.concat([one.counts for one in estimates]),
        response=pl.concat([one.response for one in estimates]),
        diagnostics=pl.concat([one.diagnostics for one in estimates]),
    )


def _indicators_by(programme: Programme, breakdown: str) -> list[int]:
    """Positions of the indicators that are broken down by `breakdown`; all of them for the total."""
    return [
        position
        for position, indicator in enumerate(programme.indicators)
        if breakdown == TOTAL or breakdown in programme.by.get(indicator.id, ())
    ]


def _table(parts: Sequence[Part], columns: Sequence[Column], survey: str) -> pl.DataFrame:
    """The parts, columns by name, under one another; by indicator where they say its position. NaN becomes null."""
    if not parts:
        return empty(columns)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if "position" in joined:
        order = np.argsort(joined["position"], kind="stable")
        joined = {name: values[order] for name, values in joined.items()}
    height = len(next(iter(joined.values())))
    joined["survey"] = np.full(height, survey, dtype=object)
    return pl.DataFrame(
        [pl.Series(column.name, joined[column.name], nan_to_null=True).cast(column.dtype) for column in columns]
    )
