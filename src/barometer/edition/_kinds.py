"""Whether the parts of a question fit its kind and each other."""

from barometer.edition._fields import Fields
from barometer.edition._names import Names
from barometer.expressions import Type
from barometer.model import Question, QuestionKind
from barometer.problems import suggestion

K = QuestionKind
WITH_CHOICES = (K.SINGLE, K.MULTI, K.GRID, K.RANKING)
WITH_ITEMS = (K.GRID, K.SHARES)
UNASKED = (K.INFORMATION, K.COMPUTED)
"""Kinds nobody answers."""

_ALLOWED = {
    "choices": WITH_CHOICES,
    "items": WITH_ITEMS,
    "min": (K.NUMBER, K.MULTI, K.YEAR, K.DATE, K.SHARES, K.RANKING),
    "max": (K.NUMBER, K.MULTI, K.YEAR, K.DATE, K.SHARES, K.RANKING, K.TEXT, K.LONGTEXT),
    "decimals": (K.NUMBER, K.SHARES, K.COMPUTED),
    "unit": (K.NUMBER, K.SHARES, K.COMPUTED),
    "total": (K.SHARES,),
    "expression": (K.COMPUTED,),
    "missing": (K.NUMBER, K.YEAR, K.DATE, K.SHARES, K.RANKING, K.TEXT, K.LONGTEXT),
    "prefill": (K.SINGLE, K.NUMBER, K.YEAR, K.TEXT, K.LONGTEXT),
}
"""Which kinds of question have a part; the other parts belong to all."""
_FEWEST_CHOICES = {K.SINGLE: 2, K.GRID: 2, K.RANKING: 2, K.MULTI: 1}
_FEWEST_ITEMS = {K.GRID: 1, K.SHARES: 2}


def check_kind(fields: Fields, question: Question, *, choices_known: bool) -> None:
    """Report parts that do not belong to the kind of question, and those that do not fit each other."""
    for part, kinds in _ALLOWED.items():
        if fields.has(part) and question.kind not in kinds:
            name = fields.context.called(part)
            fields.context.error(
                "013",
                fields.place(part),
                f"'{name}' of a question of kind {question.kind.value}",
                f"'{name}' only with " + ", ".join(one.value for one in kinds),
                f"Remove '{name}', or change the kind of question.",
            )
    if choices_known:
        _check_choices(fields, question)
    _check_items(fields, question)
    _check_limits(fields, question)
    _check_counts(fields, question)


def check_prefill(fields: Fields, question: Question, register: Names) -> None:
    """Report a register column that does not exist, or whose values are no answers to the question."""
    name = question.prefill
    if not name or register.unreadable or name in register.broken:
        return
    column = register.scope.get(name)
    place = fields.place("prefill")
    if column is None:
        way_out = suggestion(name, register.scope)
        fields.context.error("009", place, f"the column '{name}'", "a column of the register", way_out)
        return
    number = question.kind in (QuestionKind.NUMBER, QuestionKind.YEAR)
    codes = {choice.code for choice in question.choices}
    if number is not (column.type is Type.NUMBER) or (codes and not codes.issuperset(column.codes)):
        found, expected = f"'{name}', whose values are no answers here", f"a column with answers to '{question.id}'"
        fields.context.error("013", place, found, expected, "Name another column, or change kind or choices.")


def _check_choices(fields: Fields, question: Question) -> None:
    context, place = fields.context, fields.place("choices")
    wanted = _FEWEST_CHOICES.get(question.kind, 0)
    if len(question.choices) < wanted:
        context.error("014", place, f"{len(question.choices)} choices", f"at least {wanted}", "Add choices.")
    for choice in question.choices:
        named = f"choice '{choice.code}'"
        if question.kind is QuestionKind.MULTI and choice.missing and not choice.exclusive:
            found, way_out = f"{named} can be marked with others", f"Set exclusive for '{choice.code}'."
            context.error("015", place, found, "missing answers to be exclusive", way_out)
        if question.kind is QuestionKind.GRID and choice.opens_text:
            found = f"{named} opens a text"
            context.error("013", place, found, "texts beside choices of other kinds", "Ask for the text by itself.")
        if question.kind is QuestionKind.RANKING and (choice.missing or choice.exclusive):
            found = f"{named} cannot be ranked"
            context.error("013", place, found, "choices that can be ranked", "Offer it in 'missing' of the question.")
    _check_missing_name(fields, question, [choice.code for choice in question.choices])


def _check_items(fields: Fields, question: Question) -> None:
    wanted = _FEWEST_ITEMS.get(question.kind, 0)
    if len(question.items) < wanted:
        found = f"{len(question.items)} items" if question.items else "no items"
        expected = f"at least {wanted} items" if wanted > 1 else "at least one item"
        way_out = f"Add items to the {question.kind.value}."
        fields.context.error("014", fields.place("items"), found, expected, way_out)
    _check_missing_name(fields, question, [item.code for item in question.items])


def _check_missing_name(fields: Fields, question: Question, codes: list[str]) -> None:
    """'question.missing' is where a missing answer is kept."""
    if question.missing and "missing" in codes:
        found, way_out = "the code 'missing' beside missing answers", "Give it another code."
        fields.context.error("008", fields.place("missing"), found, "a code of its own", way_out)


def _check_limits(fields: Fields, question: Question) -> None:
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        found = f"min {low:g} and max {high:g}" if question.kind is not QuestionKind.DATE else "min after max"
        fields.context.error("012", fields.place("min"), found, "min not above max", "Change one of them.")
    if question.kind is QuestionKind.YEAR:
        for key, limit in (("min", low), ("max", high)):
            if limit is not None and (limit != int(limit) or not 1 <= limit <= 9999):
                fields.context.error("012", fields.place(key), f"{limit:g}", "a year", "Write the year in four digits.")
    if question.total is not None and question.total <= 0:
        found = f"total {question.total:g}"
        fields.context.error("012", fields.place("total"), found, "a number above 0", "Change the total.")


def _check_counts(fields: Fields, question: Question) -> None:
    """Limits that count marks, places or characters."""
    if question.kind not in (K.MULTI, K.RANKING, K.TEXT, K.LONGTEXT):
        return
    low, high = question.minimum, question.maximum
    for key, limit in (("min", low), ("max", high)):
        if limit is not None and (limit < 0 or limit != int(limit) or (key == "max" and limit < 1)):
            found, expected = f"{key} is {limit:g}", "a count of marks or characters"
            fields.context.error("012", fields.place(key), found, expected, "Change it to a positive whole number.")
    marks = sum(not choice.exclusive for choice in question.choices)
    if question.choices and low is not None and low > max(marks, 1):
        found, expected = f"min is {low:g}, but only {marks} choices can be marked together", f"at most {max(marks, 1)}"
        fields.context.error("012", fields.place("min"), found, expected, "Lower min, or add choices.")
    if question.kind is QuestionKind.RANKING and question.choices and high is not None and high > marks:
        found, expected = f"max is {high:g}, but there are {marks} choices", f"at most {marks}"
        fields.context.error("012", fields.place("max"), found, expected, "Lower max, or add choices.")
