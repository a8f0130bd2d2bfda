"""The codebook: every variable with its question, codes and counts, as a table, as HTML and as DDI-Codebook 2.5."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import polars as pl

from barometer.publication.open_data import CodebookValue, CodebookVariable, Study, write_ddi
from barometer.questionnaire import MISSING_STATES, Variable, VariableMeasure
from barometer.web.fieldwork.exports._words import OTHERS, STATES, in_language, say
from barometer.web.fieldwork.queries.answers import Collected


@dataclass(frozen=True)
class Line:
    """A value of a variable: number in SPSS files, code, label, how many cases have it."""

    number: int
    code: str
    label: str
    cases: int
    missing: bool


def lines_of(found: Collected, one: Variable, language: str) -> Iterator[Line]:
    """Categories of a coded variable, then the reasons of missing values that occur."""
    states = dict(found.states[one.column].cast(pl.String).value_counts().rows())
    answered = found.answers[one.column].filter(found.states[one.column] == "answered")
    if one.measure is VariableMeasure.CODE:
        counts = dict(answered.value_counts().rows())
        for category in one.categories:
            label = in_language(category.label, language)
            yield Line(category.number, category.code, label, counts.get(category.code, 0), missing=False)
    elif one.measure is VariableMeasure.MARK:
        counts = dict(answered.value_counts().rows())
        yield Line(0, "false", say(OTHERS["not marked"], language), counts.get(False, 0), missing=False)
        yield Line(1, "true", say(OTHERS["marked"], language), counts.get(True, 0), missing=False)
    for state in MISSING_STATES:
        if states.get(state.value):
            number = one.missing_number(state)
            yield Line(number, state.value, say(STATES[state], language), states[state.value], missing=True)


def table(found: Collected, variables: tuple[Variable, ...], language: str) -> pl.DataFrame:
    """One row a value of a variable, for spreadsheets."""
    rows = []
    for one in variables:
        shared = {
            "variable": one.name,
            "column": one.column,
            "label": in_language(one.label, language),
            "measure": one.measure.value,
            "asked_of": one.universe,
            "versions": ", ".join(str(number) for number in one.versions),
        }
        lines = [
            {"number": line.number, "code": line.code, "value_label": line.label, "cases": line.cases}
            for line in lines_of(found, one, language)
        ]
        rows += [{**shared, **line} for line in lines or [dict.fromkeys(("number", "code", "value_label", "cases"))]]
    names = ("variable", "column", "label", "measure", "asked_of", "versions", "number", "code", "value_label", "cases")
    dtypes = {name: pl.Int64 if name in ("number", "cases") else pl.String for name in names}
    return pl.DataFrame(rows, schema=dtypes)


def html(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> bytes:
    """One page without scripts."""

    def word(name: str) -> str:
        return escape(say(OTHERS[name], language))

    parts = []
    for one in variables:
        asked = f"<code>{escape(one.universe)}</code>" if one.universe else word("everybody")
        rows = "".join(
            f"<tr><td class=n>{line.number}<td>{escape(line.code)}<td>{escape(line.label)}<td class=n>{line.cases}"
            for line in lines_of(found, one, language)
        )
        head = f"<tr><th>{word('value')}<th>{word('code')}<th>{word('label')}<th>{word('cases')}"
        versions = ", ".join(str(number) for number in one.versions)
        parts.append(
            f"<section id='{one.name}'><h2>{one.name}</h2><p>{escape(in_language(one.label, language))}</p>"
            f"<p class=small>{word('asked of')}: {asked} · {word('versions')}: {versions}</p>"
            f"<table>{head}{rows}</table></section>"
        )
    heading = f"{escape(title)} – {word('codebook')}"
    style = (
        "body{font:16px/1.5 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}h2{margin:2rem 0 0}"
        "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}"
        ".n{text-align:right}.small{color:#555;font-size:.9rem}p{margin:.3rem 0}"
    )
    page = (
        f"<!doctype html><html lang='{language}'><meta charset='utf-8'><title>{heading}</title>"
        f"<meta name=viewport content='width=device-width'><style>{style}</style>"
        f"<h1>{heading}</h1>{''.join(parts)}</html>"
    )
    return page.encode()


def ddi(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> bytes:
    """DDI-Codebook 2.5: study, file, and variables with labels and questions in every language they have."""
    identity = f"{found.collection.edition}/{found.collection.survey}"
    study = Study(identity, {language: title}, file="answers.csv", cases=found.answers.height)
    return write_ddi(study, [_described(found, one, language) for one in variables], language)


def _described(found: Collected, one: Variable, language: str) -> CodebookVariable:
    versions = ", ".join(str(number) for number in one.versions)
    values = tuple(
        CodebookValue(str(line.number), {language: line.label}, line.cases, line.missing)
        for line in lines_of(found, one, language)
    )
    return CodebookVariable(
        one.name,
        {spoken: in_language(one.label, spoken) for spoken in one.label},
        {spoken: in_language(one.question, spoken) for spoken in one.question},
        values,
        continuous=one.measure is VariableMeasure.NUMBER,
        character=one.measure is VariableMeasure.TEXT,
        decimals=one.decimals,
        universe=one.universe,
        note=f"versions of the questionnaire: {versions}",
    )
