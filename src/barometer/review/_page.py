"""The reviewer's page: one HTML file and two style sheets, for the survey team alone. No scripts, no network."""

from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from barometer.model import TOTAL, Edition, Text
from barometer.review._compare import compared, differences
from barometer.review._merging import Suggestion
from barometer.review._review import PRECISION, SECONDARY, Review

MOST_POOR = 30
"""Poor tables listed; of more, only how many there are."""

RULES = {
    "few_units": "fewer units answered than the edition asks for",
    "small_population": "few units, and everybody was asked, so that it is known who they are",
    "extreme": "(nearly) all units answered the same",
    "dominance": "one unit, or two, make up most of it",
    "membership": "the base, or belonging to the group, gives an answer away",
    "nobody": "units answered, but none of them is in the base",
    "telltale_total": "beside this total nothing would be left to hide a cell behind",
    SECONDARY: "safe in itself; others could be worked out from it",
    PRECISION: "too uncertain for readers; nobody's confidentiality is at stake",
}
"""What each rule says of a cell, in a few words."""


def review_files(now: Review, trial: Review | None = None) -> dict[str, bytes]:
    """The page with its style sheets; with `trial`, what other rules would make of the same answers."""
    styles = {
        "site.css": files("barometer.publication") / "static" / "site.css",
        "review.css": files("barometer.review") / "static" / "review.css",
    }
    page = environment().get_template("review.html").render(_context(now, trial))
    return {"index.html": page.encode()} | {name: path.read_bytes() for name, path in styles.items()}


def snippet(edition: Edition, one: Suggestion) -> str:
    """The suggestion as it would stand in outputs.toml, with the words left to write."""
    listed = ", ".join(f'"{indicator}"' for indicator in one.indicators)
    texts = [f'footnote.{language} = "…"' for language in edition.languages]
    labels = [f'label.{language} = "…"' for language in edition.languages]
    return "\n".join(
        [
            "[[merge]]",
            f'id = "{one.breakdown}_merged"',
            f'survey = "{one.survey}"',
            f'breakdown = "{one.breakdown}"',
            f"indicators = [{listed}]",
            *texts,
            "",
            "[[merge.categories]]",
            f'code = "{"_and_".join(part.replace(":", "_") for part in one.categories)}"',
            "of = [" + ", ".join(f'"{part}"' for part in one.categories) + "]",
            *labels,
        ]
    )


def names_of(*editions: Edition) -> "_Names":
    """What readers call breakdowns, cells and indicators."""
    return _Names(*editions)


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader("barometer.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _context(now: Review, trial: Review | None) -> dict[str, Any]:
    edition = now.edition
    fates = now.fates
    shown = fates.filter(pl.col("rule") == "").height
    names = names_of(edition) if trial is None else names_of(edition, trial.edition)
    return {
        "edition": edition,
        "title": words(edition.title),
        "surveys": {survey.id: words(survey.title) for survey in edition.surveys},
        "cells": fates.height,
        "shown": shown,
        "uncertain": fates.filter(pl.col("rule") == PRECISION).height,
        "hidden": fates.height - shown - fates.filter(pl.col("rule") == PRECISION).height,
        "lost": now.lost,
        "rules": RULES,
        "by_rule": now.by_rule.rows(named=True),
        "by_table": now.by_table.rows(named=True),
        "poor": now.poor.head(MOST_POOR).rows(named=True),
        "more_poor": max(0, now.poor.height - MOST_POOR),
        "suggestions": [(one, snippet(edition, one)) for one in now.suggestions],
        "groups": _groups(now),
        "trial": compared(now, trial).rows(named=True) if trial is not None else [],
        "differences": differences(edition, trial.edition) if trial is not None else (),
        "trial_lost": trial.lost if trial is not None else None,
        "names": names,
        "percent": _percent,
    }


def _groups(now: Review) -> list[tuple[tuple[str, str], list[dict[str, Any]]]]:
    """Cells not shown, by survey and breakdown."""
    parts = now.hidden.partition_by("survey", "breakdown", as_dict=True, maintain_order=True)
    return [((str(key[0]), str(key[1])), part.rows(named=True)) for key, part in parts.items()]


class _Names:
    """Labels of breakdowns, cells and indicators."""

    def __init__(self, *editions: Edition) -> None:
        self.known: dict[tuple[str, ...], str] = {}
        for edition in editions:
            for survey in edition.surveys:
                self.known[survey.id, TOTAL] = "Everyone"
                self.known[survey.id, TOTAL, "all"] = "Everyone"
                for indicator in survey.programme.indicators:
                    self.known[(indicator.id,)] = words(indicator.label)
                for one in survey.programme.breakdowns:
                    merged = " (merged)" if any(category.parts for category in one.categories) else ""
                    self.known[survey.id, one.id] = words(one.label) + merged
                    for category in one.categories:
                        self.known[survey.id, one.id, category.code] = words(category.label)

    def of(self, *key: str) -> str:
        return self.known.get(key) or key[-1]


def words(text: Text) -> str:
    """English where there is some, as the page is English."""
    return text.get("en") or next(iter(text.values()), "")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
