"""Rules of outputs.toml: what protects respondents, with the floor below which no edition goes, and what precision
readers are owed."""

from dataclasses import fields, replace
from math import inf

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._surveys import Surveys
from barometer.model import FLOOR, STRICTER, Limits, Precision, Rules

_WHOLE = {"minimum_units": 1000, "census_units": 1000, "almost_all": 5, "coalition": 3, "least_cases": 50}
"""Rules that are whole numbers, and the largest that makes sense."""
_SHARES = {"dominance": (0.01, 1.0), "p_percent": (0.0, 1.0), "width": (0.0, 0.5), "level": (0.001, 0.5)}


def read_rules(top: Fields, surveys: Surveys, report: Report) -> tuple[Rules, dict[str, Rules]]:
    """The rules of the edition, and of surveys that have stricter ones. Those below the floor, or laxer than the
    edition's, are reported (E013) one by one."""
    part = top.table("rules", tuple(one.name for one in fields(Rules)))
    rules = Rules() if part is None else _rules(part, Rules())
    if part is not None:
        _floor(part, rules, FLOOR, "that is the floor for every edition", report)
    own: dict[str, Rules] = {}
    for table in top.tables("stricter", ("survey", *STRICTER)):
        survey = surveys.of(table, report)
        if survey is None:
            continue
        if survey.id in own:
            way_out = "Put the rules of a survey in one table."
            report.error("E008", table.entry.place, f"'{survey.id}' again", "each survey once", way_out)
        own[survey.id] = _rules(table, rules)
        _floor(table, own[survey.id], rules, "the edition's own rules say so", report)
    return rules, own


def _rules(part: Fields, usual: Rules) -> Rules:
    whole = {name: part.integer(name, getattr(usual, name), 0, high) for name, high in _WHOLE.items()}
    shares = {name: part.number(name, getattr(usual, name), low, high) for name, (low, high) in _SHARES.items()}
    given = {name: number for name, number in {**whole, **shares}.items() if part.has(name) and number is not None}
    return replace(usual, **given)  # type: ignore[arg-type]


def _floor(part: Fields, rules: Rules, floor: Rules, why: str, report: Report) -> None:
    for name in rules.laxer_than(floor):
        if not part.has(name) and name != "census_units":
            continue
        least = f"{getattr(floor, name):g}"
        side, more = ("least", "more") if STRICTER[name] > 0 else ("most", "less")
        report.error(
            "E013",
            part.place(name),
            f"{name} = {getattr(rules, name):g}",
            f"at {side} {least}: {why}",
            f"Write {least} or {more}, or delete the line.",
        )


def read_precision(top: Fields) -> Precision:
    """When figures are marked as uncertain, and when they are not shown at all; [precision.flag], [precision.hide]."""
    usual = Precision()
    part = top.table("precision", ("flag", "hide"))
    if part is None:
        return usual
    known = tuple(one.name for one in fields(Limits))
    flag, hide = part.table("flag", known), part.table("hide", known)
    return Precision(
        usual.flag if flag is None else _limits(flag),
        usual.hide if hide is None else _limits(hide),
    )


def _limits(part: Fields) -> Limits:
    return Limits(
        margin=part.number("margin", inf, 0.005, 0.5) or inf,
        cv=part.number("cv", inf, 0.01, 10) or inf,
        n=part.integer("n", 0, 0, 100_000) or 0,
        effective_n=part.number("effective_n", 0.0, 0, 100_000) or 0.0,
        df=part.number("df", 0.0, 0, 100_000) or 0.0,
    )
