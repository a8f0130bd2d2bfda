"""How long does the way of one respondent through a long questionnaire take?

    python benchmarks/questionnaire.py [questions]

A made questionnaire (200 questions of all kinds on 50 pages unless told otherwise, every third question with a
condition and some choices too) is walked with all of it answered. Prints CPU microseconds, the best of some rounds, of
a path, of the checks of a page and of a whole case. The last line is JSON.
"""

import json
import sys

import numpy as np
import polars as pl
from cpu_time import best

from barometer.edition import read_instrument
from barometer.expressions import Type, Variable
from barometer.questionnaire import check_case, check_page, path
from barometer.simulation import random_answers

REGISTER = {"sector": Variable("sector", Type.CODE, ("state", "town"))}
KINDS = (
    "kind: single, choices: scale",
    "kind: multi, choices: list",
    "kind: number, min: 0, max: 500, missing: [dont_know]",
    "kind: grid, choices: scale, items: [{code: a, label: {en: A}}, {code: b, label: {en: B}}]",
    "kind: text",
    "kind: ranking, choices: list, max: 2",
    "kind: shares, items: [{code: a, label: {en: A}}, {code: b, label: {en: B}}]",
    "kind: year",
)
HEAD = """
instrument: long
version: "1"
languages: [en]
title: {en: Long}
choices:
  scale: [{code: yes, label: {en: Yes}}, {code: no, label: {en: No}}]
  list: [{code: a, label: {en: A}}, {code: b, label: {en: B}, when: sector == 'town'}, {code: c, label: {en: C}}]
pages:
"""
ROUNDS = 30


def main() -> None:
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    instrument = read_instrument("long.yaml", source(questions).encode(), REGISTER, ("en",))
    register = pl.DataFrame({"sector": ["town"]})
    (answers,) = random_answers(instrument, register, np.random.default_rng(1), unanswered=0.0)
    values = {"sector": "town", **answers}
    last = path(instrument, values).pages[-1]
    figures = {
        "questions": questions,
        "shown": len(path(instrument, values).questions),
        "path_us": round(1000 * best(lambda: path(instrument, values), ROUNDS)),
        "check_page_us": round(1000 * best(lambda: check_page(instrument, last, values), ROUNDS)),
        "check_case_us": round(1000 * best(lambda: check_case(instrument, values), ROUNDS)),
    }
    for name, figure in figures.items():
        print(f"{name:14} {figure:8}")
    print(json.dumps(figures))


def source(questions: int) -> str:
    """The questionnaire in YAML; conditions look back on single choices and numbers."""
    lines = []
    for number in range(questions):
        if number % 4 == 0:
            lines.append(f"  - id: page{number}\n    title: {{en: Page}}\n    questions:")
        earlier = number // 8 * 8 - 8
        routed = number % 3 == 0 and earlier >= 0
        when = f", when: q{earlier} == 'yes' or q{earlier + 2} > 10 or 'a' in q{earlier + 1}" if routed else ""
        kind = KINDS[number % len(KINDS)]
        lines.append(f"      - {{id: q{number}, text: {{en: A question of some words?}}, {kind}{when}}}")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
