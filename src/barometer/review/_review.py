"""The fate of every cell, and what was lost: by rule, by table, by indicator."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from barometer.model import TOTAL, Edition
from barometer.problems import Place, Problem, Severity
from barometer.review._merging import Suggestion, suggestions
from barometer.tables import Estimates

SECONDARY, PRECISION = "secondary", "precision"
"""Rules in the tables below that are none: hidden for other cells' sake; hidden because it says too little."""
POOR = 0.5
"""Share of a table's answers from which on hiding them makes it poor."""
KEYS = ("survey", "indicator", "breakdown", "cell")


@dataclass(frozen=True)
class Review:
    """What became of the cells: `fates` has one row a cell with respondents: KEYS, n, units, status as released, and
    `rule`, '' where it is shown. Information is counted in answers: a cell is worth its n."""

    edition: Edition
    fates: pl.DataFrame
    suggestions: tuple[Suggestion, ...]

    @cached_property
    def lost(self) -> float:
        """Share of all answers in cells that are not shown."""
        return _lost(self.fates)

    @cached_property
    def by_rule(self) -> pl.DataFrame:
        """survey, rule, cells, lost (share of the survey's answers)."""
        whole = pl.col("n").sum().over("survey")
        hidden = self.fates.with_columns(part=pl.col("n") / whole).filter(pl.col("rule") != "")
        found = hidden.group_by("survey", "rule", maintain_order=True).agg(cells=pl.len(), lost=pl.col("part").sum())
        return found.sort("survey", "lost", descending=[False, True], maintain_order=True)

    @cached_property
    def by_table(self) -> pl.DataFrame:
        """survey, breakdown, cells, shown, hidden, uncertain, lost (share of the breakdown's answers)."""
        return in_order(self._losses("survey", "breakdown"), self.edition)

    @cached_property
    def poor(self) -> pl.DataFrame:
        """Tables of one indicator of which half the answers or more are not shown, the poorest first; columns as in
        `by_table`, and indicator."""
        tables = self._losses("survey", "indicator", "breakdown").filter(pl.col("breakdown") != TOTAL)
        return tables.filter(pl.col("lost") >= POOR).sort("lost", descending=True, maintain_order=True)

    @cached_property
    def hidden(self) -> pl.DataFrame:
        """The cells that are not shown, in their order."""
        return self.fates.filter(pl.col("rule") != "")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Breakdowns of which nothing is left (D017)."""
        return tuple(
            Problem(
                "D017",
                Place("outputs.toml", field=row["breakdown"]),
                f"none of the {row['cells']} figures by '{row['breakdown']}' of survey '{row['survey']}'",
                "figures that can be published",
                "Merge categories with [[merge]], or take the breakdown out of its tables.",
                Severity.WARNING,
            )
            for row in self.by_table.iter_rows(named=True)
            if not row["shown"]
        )

    def _losses(self, *keys: str) -> pl.DataFrame:
        shown = pl.col("rule") == ""
        return self.fates.group_by(*keys, maintain_order=True).agg(
            cells=pl.len(),
            shown=shown.sum(),
            hidden=(~shown & (pl.col("rule") != PRECISION)).sum(),
            uncertain=(pl.col("rule") == PRECISION).sum(),
            lost=pl.col("n").filter(~shown).sum() / pl.col("n").sum(),
        )


def review(edition: Edition, estimates: Estimates, decided: pl.DataFrame, released: pl.DataFrame) -> Review:
    """`decided`: KEYS and the `rule` that hides a cell, or 'secondary'. `released`: RELEASED_CELLS."""
    fates = (
        estimates.cells.filter(pl.col("n") > 0)
        .select(*KEYS, "n", "units", "units_yes", "units_no")
        .join(released.select(*KEYS, "status"), on=KEYS, how="left", maintain_order="left")
        .join(decided.select(*KEYS, "rule"), on=KEYS, how="left", maintain_order="left")
        .with_columns(
            rule=pl.when(pl.col("status") == "q").then(pl.lit(PRECISION)).otherwise(pl.col("rule").fill_null(""))
        )
    )
    return Review(edition, fates, suggestions(edition, fates))


def in_order(tables: pl.DataFrame, *editions: Edition) -> pl.DataFrame:
    """Rows by survey and breakdown in the order of the editions, everyone first, merged breakdowns beside the ones
    they are made of."""
    order: dict[tuple[str, str], tuple[int, float]] = {}
    for edition in editions:
        for place, survey in enumerate(edition.surveys):
            order[survey.id, TOTAL] = (place, -1.0)
            ids = [one.id for one in survey.programme.breakdowns]
            for number, one in enumerate(survey.programme.breakdowns):
                at = ids.index(one.merges) + 0.5 if one.merges else float(number)
                order.setdefault((survey.id, one.id), (place, at))
    rows = tables.select("survey", "breakdown").rows()
    ranked = sorted(range(len(rows)), key=lambda row: order[rows[row]])
    return tables[ranked]


def _lost(fates: pl.DataFrame) -> float:
    whole = float(fates["n"].sum())
    return float(fates.filter(pl.col("rule") != "")["n"].sum()) / whole if whole else 0.0
