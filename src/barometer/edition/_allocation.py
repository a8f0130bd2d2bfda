"""What design.toml says in place of fractions: the allocation, strata where everyone is asked, limits, start point."""

from collections.abc import Mapping

from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word, read_number
from barometer.edition._frame import FrameRead
from barometer.model import Allocation, Design, Method
from barometer.problems import suggestion

ALLOCATION = (
    "method",
    "variable",
    "share_by",
    "shares",
    "cost_by",
    "costs",
    "budget",
    "power",
    "margins",
    "response",
)
LIMITS = ("allocation", "census", "maximum_fraction", "start")
_ONLY = {  # keys that one method alone has a use for
    "cost_by": Method.OPTIMAL,
    "costs": Method.OPTIMAL,
    "budget": Method.OPTIMAL,
    "power": Method.POWER,
    "margins": Method.MARGINS,
    "response": Method.MARGINS,
}
_SPREAD = ("variable", "share_by", "shares")
_TOTAL = "total"


def read_allocation(fields: Fields, strata: tuple[str, ...], frame: FrameRead, report: Report) -> Allocation | None:
    inner = fields.table("allocation", ALLOCATION)
    if inner is None:
        return None
    method = inner.one_of("method", Method)
    if method is None:
        return None
    share_by, cost_by = inner.optional_word("share_by"), inner.optional_word("cost_by")
    allocation = Allocation(
        method=method,
        variable=_variable(inner, frame, report),
        share_by=share_by.text if share_by else "",
        shares=_numbers(inner, "shares", 1.0),
        cost_by=cost_by.text if cost_by else "",
        costs=_numbers(inner, "costs", float("inf")),
        budget=inner.number("budget", low=0),
        power=_given(inner.number("power", 0.5, 0, 1), 0.5),
        margins=_numbers(inner, "margins", 1.0),
        response=_given(inner.number("response", 1.0, 0.0001, 1), 1.0),
    )
    for word, key in ((share_by, "shares"), (cost_by, "costs")):
        _by_category(inner, word, key, strata, frame, report)
    _fits_method(fields, inner, allocation, strata, report)
    return allocation


def read_census(
    fields: Fields, strata: tuple[str, ...], frame: FrameRead, report: Report
) -> Mapping[str, tuple[str, ...]]:
    """Categories of stratum columns where everyone is asked."""
    table = fields.table("census", None)
    census: dict[str, tuple[str, ...]] = {}
    for column in table.entries if table else ():
        assert table
        words = table.strings(column)
        census[column] = tuple(word.text for word in words)
        if column not in strata:
            place = table.place(column)
            report.error("E025", place, f"'{column}'", "a column of strata", suggestion(column, strata))
            continue
        codes = [code.code for code in frame.columns[column].categories] if column in frame.columns else []
        for word in words if codes else ():
            if word.text not in codes:
                found, way_out = f"category '{word.text}'", suggestion(word.text, codes)
                report.error("E009", word.place, found, f"a category of '{column}'", way_out)
    return census


def check_limits(fields: Fields, design: Design, report: Report) -> None:
    """Fractions and an allocation exclude each other; a largest fraction is for an allocation."""
    if design.allocation is None:
        if fields.has("maximum_fraction"):
            found, way_out = "maximum_fraction without an allocation", "Give an allocation, or write lower fractions."
            report.error("E025", fields.place("maximum_fraction"), found, "only with an allocation", way_out)
        return
    for key in ("fraction_by", "fractions"):
        if fields.has(key):
            way_out = f"Delete {key}, or delete the allocation."
            report.error("E025", fields.place(key), f"{key} with an allocation", "one or the other", way_out)


def _variable(inner: Fields, frame: FrameRead, report: Report) -> str:
    word = inner.optional_word("variable")
    if word is None:
        return ""
    column = frame.columns.get(word.text)
    if not frame.names.unreadable and word.text not in frame.names.broken:
        if column is None:
            expected, way_out = "a column of the register", suggestion(word.text, frame.columns)
            report.error("E009", word.place, f"column '{word.text}'", expected, way_out)
        elif column.kind not in ("integer", "number"):
            found = f"'{column.name}', a column of kind {column.kind}"
            way_out = "Name a numeric column, or give expected shares with share_by and shares."
            report.error("E021", word.place, found, "a column of kind integer or number", way_out)
    return word.text


def _numbers(inner: Fields, key: str, high: float) -> Mapping[str, float]:
    """Numbers above 0 by name; shares and margins also below 1."""
    table = inner.table(key, None)
    numbers: dict[str, float] = {}
    for name, entry in table.entries.items() if table else ():
        number = read_number(entry)
        if number is None or not 0 < number < high:
            expected = "above 0 and below 1" if high == 1 else "above 0"
            found, way_out = f"{key} of '{name}' is {entry.value}", "Change it to a number in that range."
            inner.context.error("012", entry.place, found, expected, way_out)
        else:
            numbers[name] = number
    return numbers


def _by_category(
    inner: Fields, by: Word | None, key: str, strata: tuple[str, ...], frame: FrameRead, report: Report
) -> None:
    """`shares` and `costs` come with the stratum column they are given by, for each of its categories."""
    table = inner.table(key, None)
    if (by is None) != (table is None):
        other = f"{key.removesuffix('s')}_by"
        found = f"only one of {other} and {key}"
        report.error("E025", inner.place(key), found, "both or neither", f"Give {other} and {key} together.")
        return
    if by is None or table is None:
        return
    if by.text not in strata:
        report.error("E025", by.place, f"'{by.text}'", "a column of strata", suggestion(by.text, strata))
        return
    codes = [code.code for code in frame.columns[by.text].categories] if by.text in frame.columns else []
    for category in table.entries if codes else ():
        if category not in codes:
            found, expected = f"category '{category}'", f"a category of '{by.text}'"
            report.error("E009", table.place(category), found, expected, suggestion(category, codes))
    if missing := [code for code in codes if code not in table.entries]:
        found = f"no {key} for {', '.join(missing)}"
        expected = f"a number for each category of '{by.text}'"
        report.error("E025", inner.place(key), found, expected, "Add the numbers.")


def _fits_method(
    fields: Fields, inner: Fields, allocation: Allocation, strata: tuple[str, ...], report: Report
) -> None:
    method = allocation.method
    wrong = [key for key, only in _ONLY.items() if inner.has(key) and method is not only]
    if method in (Method.PROPORTIONAL, Method.MARGINS):
        wrong += [key for key in _SPREAD if inner.has(key)]
    for key in wrong:
        found = f'{key} with method = "{method.value}"'
        report.error("E025", inner.place(key), found, "keys this method uses", f"Delete {key}, or change the method.")
    lacks = []
    if method in (Method.NEYMAN, Method.OPTIMAL, Method.POWER) and allocation.variable and allocation.shares:
        found, way_out = "variable and shares", "Keep the one that tells how much units differ."
        report.error("E025", inner.place("shares"), found, "one or the other", way_out)
    if method in (Method.NEYMAN, Method.OPTIMAL, Method.POWER) and not any(inner.has(key) for key in _SPREAD):
        lacks.append("variable, or share_by and shares")
    if method is Method.OPTIMAL and not inner.has("budget"):
        lacks.append("budget")
    if method is Method.MARGINS and not inner.has("margins"):
        lacks.append("margins")
    sized = method in (Method.PROPORTIONAL, Method.NEYMAN, Method.POWER)
    if sized and not fields.has("sample_size"):
        found, way_out = f'method = "{method.value}" without sample_size', "Give sample_size."
        report.error("E025", fields.place("sample_size"), found, "a number of units to draw", way_out)
    if not sized and fields.has("sample_size"):
        found, way_out = f'sample_size with method = "{method.value}"', "Delete sample_size: the method finds it."
        report.error("E025", fields.place("sample_size"), found, "a size that follows from the method", way_out)
    for name in lacks:
        found, way_out = f'method = "{method.value}" without {name}', f"Give {name}."
        report.error("E025", inner.place("method"), found, name, way_out)
    for column in allocation.margins:
        if column != _TOTAL and column not in strata:
            way_out = suggestion(column, [_TOTAL, *strata])
            report.error("E025", inner.place("margins"), f"'{column}'", "'total' or a column of strata", way_out)


def _given(number: float | None, default: float) -> float:
    return default if number is None else number
