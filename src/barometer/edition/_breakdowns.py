"""Breakdowns of outputs.toml: by a register column, by crossing two of those, or by answers."""

from dataclasses import dataclass, field

from barometer.edition._design import check_columns
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._frame import CATEGORY, CATEGORY_EXAMPLE
from barometer.edition._indicators import Registry
from barometer.edition._surveys import SurveyRead, Surveys
from barometer.model import TOTAL, Breakdown, Category, Text
from barometer.problems import suggestion

KEYS = ("id", "survey", "label", "column", "crossing", "categories", "overlapping")


@dataclass
class Breakdowns:
    """Breakdowns by survey and id, in the order of the file; `broken` ones are defined but not usable."""

    by_survey: dict[str, dict[str, Breakdown]] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)

    def of(self, survey: str) -> dict[str, Breakdown]:
        return self.by_survey.get(survey, {})

    def knows(self, survey: str, word: Word, report: Report) -> bool:
        if word.text in self.of(survey):
            return True
        if not {(survey, word.text), ("", word.text)} & self.broken:
            report.error(
                "E009",
                word.place,
                f"breakdown '{word.text}'",
                f"a breakdown of survey '{survey}'",
                suggestion(word.text, self.of(survey)),
            )
        return False


def read_breakdowns(top: Fields, surveys: Surveys, registry: Registry, report: Report) -> Breakdowns:
    found = Breakdowns()
    tables = [(fields, surveys.of(fields, report)) for fields in top.tables("breakdown", KEYS)]
    seen: set[tuple[str, str]] = set()
    for crossed in (False, True):  # what is crossed may stand after the crossing
        for fields, survey in tables:
            if fields.has("crossing") is crossed:
                _breakdown(fields, survey, found, registry, seen, report)
    order = [(survey.id if survey else "", fields.entries.get("id")) for fields, survey in tables]
    for survey_id, known in found.by_survey.items():
        ids = [str(entry.value).strip() for key, entry in order if key == survey_id and entry is not None]
        found.by_survey[survey_id] = {key: known[key] for key in dict.fromkeys(ids) if key in known}
    return found


def _breakdown(
    fields: Fields,
    survey: SurveyRead | None,
    found: Breakdowns,
    registry: Registry,
    seen: set[tuple[str, str]],
    report: Report,
) -> None:
    breakdown_id = fields.string("id", None, r"[a-z][a-z0-9_]*", "'sector'")
    label = fields.text("label")
    overlapping = fields.boolean("overlapping", False)
    key = (survey.id if survey else "", breakdown_id)
    if breakdown_id and (key in seen or breakdown_id == TOTAL):
        what = f"a second breakdown '{breakdown_id}'" if key in seen else f"'{TOTAL}', which every indicator has"
        report.error("E008", fields.place("id"), what, "each id once in a survey", "Give it another id.")
        return
    seen.add(key)
    column, crossing = fields.optional_word("column"), fields.strings("crossing")
    categories, conditions = _categories(fields, survey, registry, report)
    ways = [bool(column), fields.has("crossing"), conditions > 0]
    if sum(ways) != 1 or (conditions and conditions < len(categories)):
        names = ("column", "crossing", "categories with when")
        given = " and ".join(name for name, way in zip(names, ways, strict=True) if way)
        some = "when for only some categories" if sum(ways) == 1 else given or "no way to divide respondents"
        way_out = "Give column, or crossing, or a condition for every category."
        report.error("E020", fields.entry.place, some, "exactly one of column, crossing and when", way_out)
    elif survey is not None and breakdown_id:
        if column:
            categories = _by_column(fields, column, categories, survey, report)
        elif crossing:
            categories = _crossed(fields, crossing, survey, found, report)
        if categories:
            parts = tuple(word.text for word in crossing)
            made = Breakdown(
                breakdown_id,
                survey.id,
                label,
                categories,
                column.text if column else "",
                parts,
                overlapping,
            )
            found.by_survey.setdefault(survey.id, {})[breakdown_id] = made
    if breakdown_id not in found.of(key[0]):
        found.broken.add(key)


def _categories(
    fields: Fields, survey: SurveyRead | None, registry: Registry, report: Report
) -> tuple[tuple[Category, ...], int]:
    """The categories as given, and how many of them have a condition."""
    categories: dict[str, Category] = {}
    conditions = 0
    for part in fields.tables("categories", ("code", "label", "when", "share")):
        code = part.string("code", None, CATEGORY, CATEGORY_EXAMPLE)
        if code and code in categories:
            way_out = "Give one of them another code, or delete it."
            part.context.error("008", part.place("code"), f"'{code}' again", "each code once", way_out)
        share = part.optional_word("share")
        if share is not None:
            registry.knows(share, report)
        conditions += part.has("when")
        when = registry.names[survey.id].condition(part.optional_word("when"), report) if survey else None
        categories[code] = Category(code, part.text("label"), when, share.text if share else "")
    return tuple(categories.values()), conditions


def _by_column(
    fields: Fields, column: Word, given: tuple[Category, ...], survey: SurveyRead, report: Report
) -> tuple[Category, ...]:
    """The column's categories, with the labels and in the order given here, if they are."""
    before = len(report)
    check_columns((column,), survey.frame, report)
    described = survey.frame.columns.get(column.text)
    if described is None or len(report) > before or column.text in survey.frame.names.broken:
        return ()
    own = tuple(Category(code.code, code.label) for code in described.categories)
    codes, wanted = [category.code for category in given], [category.code for category in own]
    for code in codes:
        if code not in wanted:
            report.error(
                "E009",
                fields.place("categories"),
                f"category '{code}'",
                f"a category of '{column.text}' in frame.toml",
                suggestion(code, wanted),
            )
    missing = [code for code in wanted if code not in codes]
    if given and missing:
        report.error(
            "E022",
            fields.place("categories"),
            f"no category {', '.join(missing)}",
            f"every category of '{column.text}'",
            "Add them, or delete categories to take all from frame.toml.",
        )
    return given or own


def _crossed(
    fields: Fields, crossing: tuple[Word, ...], survey: SurveyRead, found: Breakdowns, report: Report
) -> tuple[Category, ...]:
    """Every pair of categories: codes 'a:b', labels 'A, B'."""
    if len({word.text for word in crossing}) != 2 or len(crossing) != 2:
        names = ", ".join(word.text for word in crossing)
        report.error(
            "E020", fields.place("crossing"), f"a crossing of {names}", "two different breakdowns", "Name two of them."
        )
        return ()
    known = [word for word in crossing if found.knows(survey.id, word, report)]
    for word in known:
        if not found.of(survey.id)[word.text].column:
            way_out = "Cross breakdowns by register column only."
            report.error("E020", word.place, f"'{word.text}', not by a column", "a breakdown by column", way_out)
            return ()
    if len(known) < 2:
        return ()
    first, second = (found.of(survey.id)[word.text].categories for word in known)
    return tuple(
        Category(f"{one.code}:{other.code}", _joined(one.label, other.label)) for one in first for other in second
    )


def _joined(one: Text, other: Text) -> Text:
    return {language: f"{text}, {other.get(language, '')}" for language, text in one.items()}
