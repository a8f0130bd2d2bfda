"""Two reviews side by side: the rules as they are, and others tried."""

from collections.abc import Iterator
from dataclasses import asdict

import polars as pl

from barometer.model import Edition
from barometer.review._review import Review, in_order

COLUMNS = ("shown", "hidden", "uncertain", "lost")


def compared(now: Review, tried: Review) -> pl.DataFrame:
    """By survey and breakdown: COLUMNS of `by_table` as they are, and as they would be ('tried_…'); null where a
    breakdown is in one of them only."""
    keys = ["survey", "breakdown"]
    left, right = (one.by_table.select(*keys, *COLUMNS) for one in (now, tried))
    right = right.rename({name: f"tried_{name}" for name in COLUMNS})
    joined = left.join(right, on=keys, how="full", coalesce=True, maintain_order="left_right")
    return in_order(joined, now.edition, tried.edition)


def differences(now: Edition, tried: Edition) -> tuple[str, ...]:
    """What the rules tried say otherwise, in a line each: 'minimum_units: 5 → 10'."""
    before, after = _said(now), _said(tried)
    return tuple(
        f"{name}: {before.get(name, 'none')} → {after.get(name, 'none')}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _said(edition: Edition) -> dict[str, str]:
    return dict(_rules(edition)) | dict(_merges(edition)) | {"important cells": f"{len(edition.importance)}"}


def _rules(edition: Edition) -> Iterator[tuple[str, str]]:
    for where, rules in (("", edition.rules), *((f"{survey}: ", one) for survey, one in edition.stricter.items())):
        yield from ((f"{where}{name}", f"{number:g}") for name, number in asdict(rules).items())
    for what, limits in asdict(edition.precision).items():
        yield from ((f"precision.{what}.{name}", f"{number:g}") for name, number in limits.items())


def _merges(edition: Edition) -> Iterator[tuple[str, str]]:
    for survey in edition.surveys:
        for breakdown in survey.programme.breakdowns:
            groups = ["+".join(category.parts) for category in breakdown.categories if category.parts]
            if groups:
                tables = sum(breakdown.id in by for by in survey.programme.by.values())
                yield f"merge {breakdown.id} ({survey.id})", f"{', '.join(groups)} in {tables} tables"
