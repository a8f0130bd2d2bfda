"""Kinds of problems of family X."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "X001",
        "expression cannot be read",
        "The text is not a well-formed expression: a bracket or a quotation mark is missing, two names "
        "stand beside each other without an operator, or it is empty. The position is where reading "
        "stopped, so the mistake is there or just before.",
    ),
    Kind(
        "X002",
        "operator of another language",
        "Equality is written ==, and conditions are joined by and, or and not. A single =, && or || are "
        "how other programs write them. Quotation marks are straight: ' or \".",
    ),
    Kind(
        "X003",
        "unknown name",
        "The name is neither a question, a grid item ('question.item'), a register column nor an "
        "earlier indicator or universe that may be used here.",
    ),
    Kind(
        "X004",
        "unknown function",
        "The functions are answered(x), count(multiple choice), any(...), all(...), sum(...), min(...) and max(...).",
    ),
    Kind(
        "X005",
        "unknown choice code",
        "The question or register column has no such code. Codes are compared, not labels, and case matters.",
    ),
    Kind(
        "X006",
        "values that cannot be compared",
        "Numbers are compared with numbers and codes with quoted codes. Codes have no order, so < and > "
        "are for numbers only.",
    ),
    Kind(
        "X007",
        "multiple choice compared like a single choice",
        "A multiple choice holds several codes at once, so it never equals one of them. Ask whether a "
        "code is among them: 'code' in question.",
    ),
    Kind(
        "X008",
        "code without quotation marks",
        "A word without quotation marks is the name of a question. Codes are written in quotation marks.",
    ),
    Kind(
        "X009",
        "name of a later question",
        "A condition may use only what has been answered before it, because respondents meet questions in order.",
    ),
    Kind(
        "X010",
        "not a condition",
        "A condition is true or false: a comparison, a membership, answered(x), a universe or share "
        "indicator, or these joined by and, or and not. A question by itself is neither true nor false.",
    ),
    Kind(
        "X011",
        "not a number",
        "A number is a number question, a numeric register column, a written number, count(x), or arithmetic on them.",
    ),
    Kind(
        "X012",
        "chained comparison",
        "Each comparison has two sides. Join two comparisons by and: 0 < hours and hours <= 10.",
    ),
    Kind(
        "X013",
        "wrong arguments of a function",
        "answered takes one question, count one multiple choice, any and all take conditions, sum, min "
        "and max take numbers.",
    ),
    Kind(
        "X014",
        "not part of the expression language",
        "The language has comparisons, in, and, or, not, + - * / and seven functions. Everything else "
        "Python offers is left out, so that an expression means the same for one respondent and for a "
        "whole table.",
    ),
    Kind(
        "X015",
        "membership of what holds no codes",
        "'code' in question asks a multiple choice; question in ('a', 'b') asks a single choice. Other "
        "uses of in have no meaning here.",
    ),
    Kind(
        "X016",
        "grid used without an item",
        "A grid is answered item by item, so an expression names one of its items: question.item.",
    ),
)
