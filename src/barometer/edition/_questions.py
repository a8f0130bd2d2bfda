"""One question of a questionnaire: its parts, and whether they fit its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from barometer.edition._entries import Entry
from barometer.edition._fields import Fields, Word
from barometer.edition._names import Names
from barometer.edition._texts import Context
from barometer.model import Choice, Item, Missing, Question, QuestionKind, Required
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
)
CODE = r"[A-Za-z0-9][A-Za-z0-9_+-]*"
NAME = r"[a-z][a-z0-9_]*"

_WITH_CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTI, QuestionKind.GRID)
_ALLOWED = {
    "choices": _WITH_CHOICES,
    "items": (QuestionKind.GRID,),
    "min": (QuestionKind.NUMBER, QuestionKind.MULTI),
    "max": (QuestionKind.NUMBER, QuestionKind.MULTI, QuestionKind.TEXT, QuestionKind.LONGTEXT),
    "decimals": (QuestionKind.NUMBER,),
    "unit": (QuestionKind.NUMBER,),
}
"""Which kinds of question have a part; the other parts belong to all."""


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
        fields = Fields(part, context, ("code", "label", "missing", "exclusive", "when"))
        code = fields.string("code", None, CODE, "'dont_know' or '1-9'")
        choice = Choice(
            code,
            fields.text("label"),
            exclusive=fields.boolean("exclusive", False),
            missing=fields.one_of("missing", Missing) if fields.has("missing") else None,
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
        minimum=fields.number("min"),
        maximum=fields.number("max"),
        decimals=fields.integer("decimals", 0, 0, 6) or 0,
        unit=fields.text("unit", optional=True),
        concept=fields.string("concept", ""),
        core=fields.boolean("core", False),
    )
    if kind is QuestionKind.INFORMATION:
        question = replace(question, required=Required.NO)
    if kind:
        _check_parts(fields, kind)
        if drafts is not None:
            _check_choices(fields, question)
        _check_limits(fields, question)
    return question, kind is not None and drafts is not None and items is not None


def _drafts(fields: Fields, lists: Lists, kind: QuestionKind | None) -> Drafts | None:
    """The choices, in place or by the name of a shared list; None when they are broken or missing."""
    entry = fields.entries.get("choices")
    if entry is None or entry.value is None:
        if kind in _WITH_CHOICES:
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


def _check_parts(fields: Fields, kind: QuestionKind) -> None:
    for part, kinds in _ALLOWED.items():
        if fields.has(part) and kind not in kinds:
            name = fields.context.called(part)
            fields.context.error(
                "013",
                fields.place(part),
                f"'{name}' of a question of kind {kind.value}",
                f"'{name}' only with " + ", ".join(one.value for one in kinds),
                f"Remove '{name}', or change the kind of question.",
            )


def _check_choices(fields: Fields, question: Question) -> None:
    wanted = {QuestionKind.SINGLE: 2, QuestionKind.GRID: 2, QuestionKind.MULTI: 1}.get(question.kind, 0)
    if len(question.choices) < wanted:
        fields.context.error(
            "014", fields.place("choices"), f"{len(question.choices)} choices", f"at least {wanted}", "Add choices."
        )
    if question.kind is QuestionKind.GRID and not question.items:
        fields.context.error("014", fields.place("items"), "no items", "at least one item", "Add items to the grid.")
    for choice in question.choices if question.kind is QuestionKind.MULTI else ():
        if choice.missing and not choice.exclusive:
            fields.context.error(
                "015",
                fields.place("choices"),
                f"choice '{choice.code}' can be marked with others",
                "missing answers to be exclusive",
                f"Set exclusive for '{choice.code}'.",
            )


def _check_limits(fields: Fields, question: Question) -> None:
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        fields.context.error(
            "012", fields.place("min"), f"min {low:g} and max {high:g}", "min not above max", "Change one of them."
        )
    counted = question.kind not in (QuestionKind.NUMBER, QuestionKind.INFORMATION)
    for key, limit in (("min", low), ("max", high)) if counted else ():
        if limit is not None and (limit < 0 or limit != int(limit) or (key == "max" and limit < 1)):
            fields.context.error(
                "012",
                fields.place(key),
                f"{key} is {limit:g}",
                "a count of marks or characters",
                "Change it to a positive whole number.",
            )
    marks = sum(not choice.exclusive for choice in question.choices)
    if question.kind is QuestionKind.MULTI and question.choices and low is not None and low > max(marks, 1):
        fields.context.error(
            "012",
            fields.place("min"),
            f"min is {low:g}, but only {marks} choices can be marked together",
            f"at most {max(marks, 1)}",
            "Lower min, or add choices.",
        )
