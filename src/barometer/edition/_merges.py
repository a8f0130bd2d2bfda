"""[[merge]] of outputs.toml: categories put together where they would otherwise have to be hidden."""

from collections.abc import Mapping

from barometer.edition._breakdowns import Breakdowns
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._frame import CATEGORY, CATEGORY_EXAMPLE
from barometer.edition._indicators import Registry
from barometer.edition._selection import selected
from barometer.edition._surveys import Surveys
from barometer.expressions import Expression, Node
from barometer.model import TOTAL, Breakdown, Category, Theme
from barometer.problems import suggestion

KEYS = ("id", "survey", "breakdown", "indicators", "categories", "footnote")

By = dict[str, tuple[str, ...]]
"""Indicator -> breakdowns."""


def read_merges(
    top: Fields,
    surveys: Surveys,
    registry: Registry,
    themes: Mapping[str, Theme],
    breakdowns: Breakdowns,
    by: By,
    report: Report,
) -> None:
    """Add the merged breakdowns to `breakdowns`, and give them in `by` to the indicators concerned in place of the
    breakdowns they are made of."""
    for part in top.tables("merge", KEYS):
        survey = surveys.of(part, report)
        word, merge_id = part.word("breakdown"), part.string("id", None, r"[a-z][a-z0-9_]*", "'region_merged'")
        footnote = part.text("footnote")
        if survey is None:
            continue
        if merge_id in breakdowns.of(survey.id) or merge_id == TOTAL:
            what = f"a second breakdown '{merge_id}'"
            report.error("E008", part.place("id"), what, "each id once in a survey", "Give it another id.")
            continue
        chosen = selected(part, survey.id, registry, themes, report)
        if not word.text or not breakdowns.knows(survey.id, word, report):
            continue
        whole = breakdowns.of(survey.id)[word.text]
        _check_tables(whole, chosen, by, report)
        categories = _merged(part, whole, report)
        if merge_id and categories:
            breakdowns.by_survey[survey.id][merge_id] = Breakdown(
                merge_id,
                survey.id,
                whole.label,
                categories,
                overlapping=whole.overlapping,
                merges="" if whole.by_answers else whole.id,
                footnote=footnote,
            )
            for indicator, _ in chosen:
                now = (merge_id if one == whole.id else one for one in by.get(indicator, ()))
                by[indicator] = tuple(dict.fromkeys(now))
        else:
            breakdowns.broken.add((survey.id, merge_id))


def _check_tables(whole: Breakdown, chosen: tuple[tuple[str, Word], ...], by: By, report: Report) -> None:
    for indicator, word in chosen:
        if whole.id not in by.get(indicator, ()) and word.text == indicator:
            report.error(
                "E023",
                word.place,
                f"'{indicator}' is in no table by '{whole.id}', or another merge has taken it from there",
                "a table whose categories can be merged",
                "Add a [[table]] with this indicator and breakdown, or leave the indicator out.",
            )


def _merged(part: Fields, whole: Breakdown, report: Report) -> tuple[Category, ...]:
    """The categories of the breakdown, each group of merged ones in the place of its first; () where the groups
    cannot be used, which is then reported."""
    before = len(report)
    codes = {category.code: category for category in whole.categories}
    if whole.merges or any(category.parts for category in whole.categories):
        way_out = "Merge the categories of the breakdown itself."
        report.error("E034", part.place("breakdown"), "a merge of a merge", "a breakdown that is no merge", way_out)
        return ()
    group_of: dict[str, Category] = {}
    for group in part.tables("categories", ("code", "label", "of"), required=True):
        words = group.strings("of", required=True)
        made = _group(group, tuple(word.text for word in words), whole)
        for word in words:
            if word.text not in codes:
                what = f"a category of '{whole.id}'"
                report.error("E009", word.place, f"category '{word.text}'", what, suggestion(word.text, codes))
            elif word.text in group_of:
                way_out = "Put every category into one group."
                report.error("E034", word.place, f"'{word.text}' again", "each category once", way_out)
            group_of[word.text] = made
        if len({word.text for word in words}) == 1:
            way_out = "Name the categories to be shown together."
            report.error("E034", group.place("of"), "one category", "two or more", way_out)
    found: list[Category] = []
    for code, category in codes.items():
        made = group_of.get(code, category)
        if all(made is not other for other in found):
            found.append(made)
    own = [category.code for category in found]
    for code in sorted({code for code in own if own.count(code) > 1}):
        report.error("E008", part.place("categories"), f"'{code}' again", "each code once", "Give it another code.")
    if len(report) == before and len(found) < 2:
        way_out = "Leave two categories at least, or take the breakdown out of the table."
        report.error("E034", part.place("categories"), "everything merged", "more than the total", way_out)
    return tuple(found) if len(report) == before else ()


def _group(group: Fields, of: tuple[str, ...], whole: Breakdown) -> Category:
    """A merged category: by its parts, or where the breakdown is by answers by any of their conditions."""
    code = group.string("code", None, CATEGORY, CATEGORY_EXAMPLE)
    label = group.text("label")
    if not whole.by_answers:
        return Category(code, label, parts=of)
    conditions = [one.when for one in whole.categories if one.code in of and one.when is not None]
    source = " or ".join(f"({one.source})" for one in conditions)
    names = tuple(dict.fromkeys(name for one in conditions for name in one.names))
    when = Expression(source, Node("or", tuple(one.tree for one in conditions)), names) if conditions else None
    return Category(code, label, when, parts=of)
