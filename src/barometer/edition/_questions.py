"""One question of a questionnaire, part by part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from barometer.edition._entries import Entry
from barometer.edition._fields import Fields, Word
from barometer.edition._kinds import UNASKED, WITH_CHOICES, check_kind
from barometer.edition._names import Names
from barometer.edition._texts import Context
from barometer.expressions import Expression
from barometer.model import Choice, Item, Missing, Question, QuestionKind, Required, day_number
from barometer.problems import suggestion

KEYS = (
    "id",
    "kind",
    "text",
    "hint",
    "choices",
    "items",
    "when",
    "required",
    "min",
    "max",
    "decimals",
    "unit",
    "core",
    "concept",
    "definition",
    "total",
    "expression",
    "missing",
    "prefill",
)
CODE = r"[A-Za-z0-9][A-Za-z0-9_+-]*"
NAME = r"[a-z][a-z0-9_]*"

USUAL_TOTAL = 100.0
"""What shares add up to where nothing else is said."""


@dataclass(frozen=True)
class Draft:
    """A choice as its list defines it; its condition is read anew for every question that uses the list."""

    choice: Choice
    when: Word | None


Drafts = tuple[Draft, ...]
Lists = Mapping[str, Drafts | None]
"""Shared lists by name; None for one that has been reported as broken."""


def read_choices(entry: Entry, context: Context) -> Drafts | None:
    """A list of choices, or None when one of them has no usable code, so that no reference can be checked."""
    if not isinstance(entry.value, tuple):
        context.error(
            "005", entry.place, "no list", "a list of choices", "Write a choice a line, each with code and label."
        )
        return None
    drafts: dict[str, Draft] = {}
    whole = True
    for part in entry.value:
        fields = Fields(part, context, ("code", "label", "missing", "exclusive", "opens_text", "when"))
        code = fields.string("code", None, CODE, "'dont_know' or '1-9'")
        choice = Choice(
            code,
            fields.text("label"),
            exclusive=fields.boolean("exclusive", False),
            missing=fields.one_of("missing", Missing) if fields.has("missing") else None,
            opens_text=fields.boolean("opens_text", False),
        )
        if code and code in drafts:
            context.error(
                "008", fields.place("code"), f"'{code}' again", "each code once in a list", "Give it another code."
            )
        whole = whole and bool(code) and code not in drafts
        drafts[code] = Draft(choice, fields.optional_word("when"))
    return tuple(drafts.values()) if whole else None


def read_question(fields: Fields, lists: Lists, names: Names, later: frozenset[str]) -> tuple[Question, bool]:
    """The question, and whether what expressions need of it (kind, codes, items) could be read."""
    context = fields.context
    kind = fields.one_of("kind", QuestionKind)
    drafts = _drafts(fields, lists, kind)
    items = _items(fields, names, later) if fields.has("items") else ()
    question = Question(
        id=fields.string("id", None, NAME, "'inc_prod'"),
        kind=kind or QuestionKind.TEXT,
        text=fields.text("text"),
        hint=fields.text("hint", optional=True),
        choices=tuple(
            replace(draft.choice, when=names.condition(draft.when, context.report, later)) for draft in drafts or ()
        ),
        items=items or (),
        when=names.condition(fields.optional_word("when"), context.report, later),
        required=fields.one_of("required", Required, Required.SOFT) or Required.SOFT,
        minimum=_limit(fields, "min", kind),
        maximum=_limit(fields, "max", kind),
        decimals=fields.integer("decimals", 0, 0, 6) or 0,
        unit=fields.text("unit", optional=True),
        concept=fields.string("concept", ""),
        core=fields.boolean("core", False),
        definition=fields.text("definition", optional=True),
        total=fields.number("total", USUAL_TOTAL if kind is QuestionKind.SHARES else None),
        expression=_expression(fields, kind, names, later),
        missing=_missing(fields),
        prefill=fields.string("prefill", ""),
    )
    if kind in UNASKED:
        question = replace(question, required=Required.NO)
    if kind:
        check_kind(fields, question, choices_known=drafts is not None)
    return question, kind is not None and drafts is not None and items is not None


def _limit(fields: Fields, key: str, kind: QuestionKind | None) -> float | None:
    """A limit as a number; of a date, which is written as 2026-03-31, its day number."""
    if kind is not QuestionKind.DATE or not fields.has(key):
        return fields.number(key)
    written = fields.string(key).removesuffix(" 00:00:00")  # how a date in a cell of a workbook reads
    try:
        return float(day_number(date.fromisoformat(written)))
    except ValueError:
        way_out = "Write it as 2026-03-31."
        fields.context.error("007", fields.place(key), f"'{written}'", f"a date in {key}", way_out)
        return None


def _expression(fields: Fields, kind: QuestionKind | None, names: Names, later: frozenset[str]) -> Expression | None:
    """What a computed question is computed from; needed there and nowhere else."""
    word = fields.word("expression") if kind is QuestionKind.COMPUTED else fields.optional_word("expression")
    return names.number(word, fields.context.report, later)


def _missing(fields: Fields) -> tuple[Missing, ...]:
    """Missing answers offered, in the order of `Missing`; in a workbook they stand in one cell with blanks between."""
    entry = fields.entries.get("missing")
    if entry is None or entry.value is None:
        return ()
    if isinstance(entry.value, str):
        words = [Word(word, entry.place) for word in re.split(r"[\s,;]+", entry.value.strip())]
    else:
        words = list(fields.strings("missing"))
    known = {missing.value: missing for missing in Missing}
    for word in words:
        if word.text not in known:
            expected, way_out = "one of " + ", ".join(known), suggestion(word.text, known)
            fields.context.error("007", word.place, f"'{word.text}'", expected, way_out)
    return tuple(missing for name, missing in known.items() if name in [word.text for word in words])


def _drafts(fields: Fields, lists: Lists, kind: QuestionKind | None) -> Drafts | None:
    """The choices, in place or by the name of a shared list; None when they are broken or missing."""
    entry = fields.entries.get("choices")
    if entry is None or entry.value is None:
        if kind in WITH_CHOICES:
            name = fields.context.called("choices")
            fields.context.error(
                "013",
                fields.place("choices"),
                f"a {kind.value} question without {name}" if kind else "",
                "a list of choices",
                f"Name a shared list in '{name}'.",
            )
            return None
        return ()
    if not isinstance(entry.value, str):
        return read_choices(entry, fields.context)
    if entry.value not in lists:
        fields.context.error(
            "009",
            entry.place,
            f"the list '{entry.value}'",
            "a list of choices of this questionnaire",
            suggestion(entry.value, lists),
        )
        return None
    return lists[entry.value]


def _items(fields: Fields, names: Names, later: frozenset[str]) -> tuple[Item, ...] | None:
    """Items of a grid; None when one of them has no usable code."""
    items: dict[str, Item] = {}
    whole = True
    for part in fields.tables("items", ("code", "label", "when")):
        code = part.string("code", None, NAME, "'employees'")
        if code and code in items:
            part.context.error(
                "008", part.place("code"), f"'{code}' again", "each item once in a grid", "Give it another code."
            )
        whole = whole and bool(code) and code not in items
        when = names.condition(part.optional_word("when"), fields.context.report, later)
        items[code] = Item(code, part.text("label"), when)
    return tuple(items.values()) if whole else None
