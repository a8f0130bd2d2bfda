"""What must hold of the answers to each kind of question, over all cases at once."""

import polars as pl

from barometer.expressions import to_polars
from barometer.model import Instrument, Question, QuestionKind, Required
from barometer.problems import Place, Problem
from barometer.questionnaire._case import failed_check
from barometer.questionnaire._walk import given, holds, question_columns, shown

Rule = tuple[Problem, pl.Expr]
"""A problem, and a condition over a walked table that holds, or is null, in every case without that problem."""


def rules(instrument: Instrument) -> list[Rule]:
    """All rules of the questions, in their order, then the instrument's own checks."""
    found: list[Rule] = []
    for question in instrument.questions:
        found += _path_rules(question)
        if question.kind in _QUESTION_RULES:
            found += _QUESTION_RULES[question.kind](question)
    for check in instrument.checks:
        names = {name.split(".")[0] for name in check.condition.names}
        asked = [shown(question.id) for question in instrument.questions if question.id in names]
        if asked:
            problem = failed_check("A015", check, Place(field=check.id))
            found.append((problem, _if(pl.any_horizontal(asked), to_polars(check.condition))))
    return found


def _path_rules(question: Question) -> list[Rule]:
    """Answers that did not count."""
    expected, way_out = "no answer off the path", "Remove the answer, or correct those that lead past the question."
    return [
        (
            Problem("A008", Place(column=name), "answer that was not asked for", expected, way_out),
            ~(_is_given(given(name), question) & ~_is_given(pl.col(name), question)),
        )
        for name in question_columns(question)
    ]


def _is_given(column: pl.Expr, question: Question) -> pl.Expr:
    return column.fill_null(False) if question.kind is QuestionKind.MULTI else column.is_not_null()


# Rules by kind of question; they look at answers that count


def _code_rules(question: Question) -> list[Rule]:
    codes = [choice.code for choice in question.choices]
    rules: list[Rule] = []
    whens = [item.when for item in question.items] if question.kind is QuestionKind.GRID else [None]
    for name, item_when in zip(question_columns(question), whens, strict=True):
        problem = _rule("A007", name, "code that is no choice", f"one of: {', '.join(codes)}", "Correct the code.")
        rules.append((problem, pl.col(name).is_in(codes)))
        rules += _required(question, name, pl.col(name).is_not_null(), holds(item_when))
    return rules


def _mark_rules(question: Question) -> list[Rule]:
    marks = [pl.col(name).fill_null(False) for name in question_columns(question)]
    count = pl.sum_horizontal([mark.cast(pl.Int32) for mark in marks])
    exclusive = [mark for choice, mark in zip(question.choices, marks, strict=True) if choice.exclusive]
    alone = pl.any_horizontal(exclusive) if exclusive else pl.lit(False)
    rules = _required(question, question.id, count > 0, pl.lit(True))
    if exclusive:
        codes = ", ".join(choice.code for choice in question.choices if choice.exclusive)
        problem = _rule(
            "A011", question.id, "marks that exclude each other", f"{codes} alone", "Keep one or the other."
        )
        rules.append((problem, _if(alone, count == 1)))
    if question.minimum is not None:
        problem = _rule("A010", question.id, "too few marks", f"at least {question.minimum:g}", "Look at the source.")
        rules.append((problem, _if((count > 0) & ~alone, count >= question.minimum)))
    if question.maximum is not None:
        problem = _rule("A010", question.id, "too many marks", f"at most {question.maximum:g}", "Look at the source.")
        rules.append((problem, _if(~alone, count <= question.maximum)))
    return rules


def _number_rules(question: Question) -> list[Rule]:
    value, rules = pl.col(question.id), []
    rules += _required(question, question.id, value.is_not_null(), pl.lit(True))
    finite = _rule("A012", question.id, "value that is no number", "a finite number", "Correct or remove the number.")
    rules.append((finite, value.is_finite()))
    if question.minimum is not None:
        problem = _rule(
            "A012", question.id, "number too small", f"at least {question.minimum:g}", "Correct the number."
        )
        rules.append((problem, value >= question.minimum))
    if question.maximum is not None:
        problem = _rule("A012", question.id, "number too large", f"at most {question.maximum:g}", "Correct the number.")
        rules.append((problem, value <= question.maximum))
    expected = f"{question.decimals} decimals"
    problem = _rule("A013", question.id, "number with more decimals", expected, "Round the number.")
    rules.append((problem, ~value.is_finite() | (value.round(question.decimals) == value)))
    return rules


def _text_rules(question: Question) -> list[Rule]:
    text = pl.col(question.id)
    rules = _required(question, question.id, text.is_not_null() & (text != ""), pl.lit(True))
    if question.maximum is not None:
        expected = f"at most {question.maximum:g} characters"
        problem = _rule("A014", question.id, "text that is too long", expected, "Shorten the text.")
        rules.append((problem, text.str.len_chars() <= question.maximum))
    return rules


_QUESTION_RULES = {
    QuestionKind.SINGLE: _code_rules,
    QuestionKind.GRID: _code_rules,
    QuestionKind.MULTI: _mark_rules,
    QuestionKind.NUMBER: _number_rules,
    QuestionKind.TEXT: _text_rules,
    QuestionKind.LONGTEXT: _text_rules,
}


def _required(question: Question, name: str, answered: pl.Expr, asked: pl.Expr) -> list[Rule]:
    if question.required is not Required.HARD:
        return []
    problem = _rule("A009", name, "required answer missing", "an answer of everybody asked", "Leave the case out.")
    return [(problem, _if(shown(question.id) & asked, answered))]


def _rule(code: str, column: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem(code, Place(column=column), found, expected, way_out)


def _if(condition: pl.Expr, then: pl.Expr) -> pl.Expr:
    return ~condition | then
