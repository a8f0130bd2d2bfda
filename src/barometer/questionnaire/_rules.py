"""What must hold of the answers to each kind of question, over all cases at once."""

import polars as pl

from barometer.expressions import to_polars
from barometer.model import CONSENTED, Instrument, Question, QuestionKind, Required, day_of
from barometer.problems import Place, Problem
from barometer.questionnaire._answer import LONGEST_OTHER, NEAR_TOTAL
from barometer.questionnaire._case import failed_check, questions_used
from barometer.questionnaire._columns import missing_column, question_columns, value_columns
from barometer.questionnaire._walk import given, holds, shown

Rule = tuple[Problem, pl.Expr]
"""A problem, and a condition over a walked table that holds, or is null, in every case without that problem."""


def rules(instrument: Instrument, *, of_path: bool = True) -> list[Rule]:
    """All rules of the questions, in their order, then the instrument's own checks. `of_path`: those against answers
    off the path, too."""
    found: list[Rule] = []
    for question in instrument.questions:
        found += _path_rules(question) if of_path else []
        if question.kind in _QUESTION_RULES:
            found += _QUESTION_RULES[question.kind](question)
            found += _rules_beside(question)
    for check in instrument.checks:
        used = questions_used(check)
        asked = [shown(question.id) for question in instrument.questions if question.id in used]
        if asked:
            problem = failed_check("A015", check, Place(field=check.id))
            found.append((problem, _if(pl.any_horizontal(asked), to_polars(check.condition))))
    return found


def _path_rules(question: Question) -> list[Rule]:
    """Answers that did not count. Computed numbers are not looked at: they are computed anew."""
    if question.kind is QuestionKind.COMPUTED:
        return []
    expected, way_out = "no answer off the path", "Remove the answer, or correct those that lead past the question."
    return [
        (
            Problem("A008", Place(column=name), "answer that was not asked for", expected, way_out),
            ~(_is_given(given(name), dtype) & ~_is_given(pl.col(name), dtype)),
        )
        for name, dtype in question_columns(question).items()
    ]


def _is_given(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return column.fill_null(False) if dtype == pl.Boolean() else column.is_not_null()


# Rules by kind of question; they look at answers that count


def _code_rules(question: Question) -> list[Rule]:
    consent = question.kind is QuestionKind.CONSENT
    codes = [CONSENTED] if consent else [choice.code for choice in question.choices]
    rules: list[Rule] = []
    whens = [item.when for item in question.items] if question.kind is QuestionKind.GRID else [None]
    for name, item_when in zip(value_columns(question), whens, strict=True):
        problem = _rule("A007", name, "code that is no choice", f"one of: {', '.join(codes)}", "Correct the code.")
        rules.append((problem, pl.col(name).is_in(codes)))
        rules += _required(question, name, pl.col(name).is_not_null(), holds(item_when))
    return rules


def _mark_rules(question: Question) -> list[Rule]:
    marks = [pl.col(name).fill_null(False) for name in value_columns(question)]
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
    return rules + _count_rules(question, count, alone)


def _count_rules(question: Question, count: pl.Expr, alone: pl.Expr) -> list[Rule]:
    rules: list[Rule] = []
    if question.minimum is not None:
        problem = _rule("A010", question.id, "too few marks", f"at least {question.minimum:g}", "Look at the source.")
        rules.append((problem, _if((count > 0) & ~alone, count >= question.minimum)))
    if question.maximum is not None:
        problem = _rule("A010", question.id, "too many marks", f"at most {question.maximum:g}", "Look at the source.")
        rules.append((problem, _if(~alone, count <= question.maximum)))
    return rules


def _rank_rules(question: Question) -> list[Rule]:
    """Ranks are 1, 2, 3 … without a gap, each once."""
    ranks = [pl.col(name) for name in value_columns(question)]
    count = pl.sum_horizontal([rank.is_not_null().cast(pl.Int64) for rank in ranks])
    each_once = [
        pl.any_horizontal([(rank == wanted).fill_null(False) for rank in ranks]) | (count < wanted)
        for wanted in range(1, len(ranks) + 1)
    ]
    problem = _rule("A016", question.id, "ranks with gaps or ties", "ranks 1, 2, 3 …", "Correct the ranks.")
    rules = _required(question, question.id, (count > 0) | _missing_given(question), pl.lit(True))
    return [*rules, (problem, pl.all_horizontal(each_once)), *_count_rules(question, count, pl.lit(False))]


def _number_rules(question: Question) -> list[Rule]:
    answered = pl.col(question.id).is_not_null() | _missing_given(question)
    return _required(question, question.id, answered, pl.lit(True)) + _figure_rules(question, question.id)


def _share_rules(question: Question) -> list[Rule]:
    numbers = [pl.col(name) for name in value_columns(question)]
    answered = pl.any_horizontal([number.is_not_null() for number in numbers])
    rules = _required(question, question.id, answered | _missing_given(question), pl.lit(True))
    for name in value_columns(question):
        rules += _figure_rules(question, name)
    if question.total is not None:
        expected, way_out = f"{question.total:g} together", "Correct the shares."
        problem = _rule("A017", question.id, "shares that do not add up", expected, way_out)
        together = pl.sum_horizontal([number.fill_null(0.0) for number in numbers])
        rules.append((problem, _if(answered, (together - question.total).abs() <= NEAR_TOTAL)))
    return rules


def _figure_rules(question: Question, name: str) -> list[Rule]:
    value = pl.col(name).cast(pl.Float64)
    finite = _rule("A012", name, "value that is no number", "a finite number", "Correct or remove the number.")
    rules = [(finite, value.is_finite())]
    if question.minimum is not None:
        problem = _rule("A012", name, "number too small", f"at least {question.minimum:g}", "Correct the number.")
        rules.append((problem, value >= question.minimum))
    if question.maximum is not None:
        problem = _rule("A012", name, "number too large", f"at most {question.maximum:g}", "Correct the number.")
        rules.append((problem, value <= question.maximum))
    expected = f"{question.decimals} decimals"
    problem = _rule("A013", name, "number with more decimals", expected, "Round the number.")
    return [*rules, (problem, ~value.is_finite() | (value.round(question.decimals) == value))]


def _date_rules(question: Question) -> list[Rule]:
    value, limits = pl.col(question.id), (question.minimum, question.maximum)
    rules = _required(question, question.id, value.is_not_null() | _missing_given(question), pl.lit(True))
    for limit, words in zip(limits, ("not before", "not after"), strict=True):
        if limit is not None:
            day = day_of(limit)
            problem = _rule("A018", question.id, "date outside the limits", f"{words} {day}", "Correct the date.")
            rules.append((problem, value >= day if words == "not before" else value <= day))
    return rules


def _text_rules(question: Question) -> list[Rule]:
    text = pl.col(question.id)
    answered = (text.is_not_null() & (text != "")) | _missing_given(question)
    rules = _required(question, question.id, answered, pl.lit(True))
    if question.maximum is not None:
        expected = f"at most {question.maximum:g} characters"
        problem = _rule("A014", question.id, "text that is too long", expected, "Shorten the text.")
        rules.append((problem, text.str.len_chars() <= question.maximum))
    return rules


def _rules_beside(question: Question) -> list[Rule]:
    """Texts beside choices, and missing answers that the question offers and that stand alone."""
    rules: list[Rule] = []
    for name in question.other_texts:
        problem = _rule("A014", name, "text that is too long", f"at most {LONGEST_OTHER} characters", "Shorten it.")
        rules.append((problem, pl.col(name).str.len_chars() <= LONGEST_OTHER))
    if question.missing:
        name, codes = missing_column(question), [missing.value for missing in question.missing]
        expected = f"one of: {', '.join(codes)}"
        rules.append(
            (_rule("A007", name, "code that is no choice", expected, "Correct it."), pl.col(name).is_in(codes))
        )
        answered = pl.any_horizontal([pl.col(column).is_not_null() for column in value_columns(question)])
        problem = _rule("A011", name, "missing answer beside an answer", "one of the two", "Keep one or the other.")
        rules.append((problem, ~(answered & pl.col(name).is_not_null())))
    return rules


def _missing_given(question: Question) -> pl.Expr:
    return pl.col(missing_column(question)).is_not_null() if question.missing else pl.lit(False)


_QUESTION_RULES = {
    QuestionKind.SINGLE: _code_rules,
    QuestionKind.GRID: _code_rules,
    QuestionKind.CONSENT: _code_rules,
    QuestionKind.MULTI: _mark_rules,
    QuestionKind.RANKING: _rank_rules,
    QuestionKind.NUMBER: _number_rules,
    QuestionKind.YEAR: _number_rules,
    QuestionKind.SHARES: _share_rules,
    QuestionKind.DATE: _date_rules,
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
