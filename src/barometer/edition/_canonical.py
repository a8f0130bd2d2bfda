"""An instrument as plain data: its canonical JSON, its digest, and its YAML."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from barometer.edition._kinds import UNASKED
from barometer.edition._questions import USUAL_TOTAL
from barometer.edition._yaml import write_yaml
from barometer.expressions import Expression, canonical_source
from barometer.model import Check, Choice, Instrument, Item, Page, Question, QuestionKind, Required, day_of

Data = dict[str, Any]
Source = Callable[[Expression], str]


def canonical_json(instrument: Instrument) -> bytes:
    """The instrument as UTF-8 JSON: keys sorted, no blanks, no defaults, conditions in one spelling.

    Workbook and YAML sources of the same questionnaire give the same bytes. Shared lists of choices stand in
    every question, because their names mean nothing to respondents.
    """
    data = _data(instrument, lambda expression: canonical_source(expression.source), {})
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(instrument: Instrument) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(instrument)).hexdigest()


def to_yaml(instrument: Instrument) -> bytes:
    """The instrument as a YAML file that reads back to the same instrument. Lists used twice are shared."""
    return write_yaml(_data(instrument, _as_written, shared_lists(instrument)))


def shared_lists(instrument: Instrument) -> dict[str, tuple[str, tuple[Choice, ...]]]:
    """Lists of choices used by several questions: key (see `list_key`) -> name, after the first, and the list."""
    used = Counter(list_key(question.choices) for question in instrument.questions if question.choices)
    lists: dict[str, tuple[str, tuple[Choice, ...]]] = {}
    for question in instrument.questions:
        key = list_key(question.choices)
        if used[key] > 1:
            lists.setdefault(key, (question.id, question.choices))
    return lists


def list_key(choices: tuple[Choice, ...]) -> str:
    """The same for lists that are the same in every respect."""
    return json.dumps([_choice(choice, _as_written) for choice in choices])


def _as_written(expression: Expression) -> str:
    return expression.source


def _data(instrument: Instrument, source: Source, lists: Mapping[str, tuple[str, tuple[Choice, ...]]]) -> Data:
    names = {key: name for key, (name, _) in lists.items()}
    data: Data = {
        "instrument": instrument.id,
        "version": instrument.version,
        "languages": list(instrument.languages),
        "title": dict(instrument.title),
        "introduction": dict(instrument.introduction),
        "choices": {name: [_choice(choice, source) for choice in choices] for name, choices in lists.values()},
        "pages": [_page(page, source, names) for page in instrument.pages],
        "checks": [_check(check, source) for check in instrument.checks],
        "sections": [{"id": section.id, "title": dict(section.title)} for section in instrument.sections],
    }
    return _without_blanks(data)


def _page(page: Page, source: Source, names: Mapping[str, str]) -> Data:
    questions = [_question(question, source, names) for question in page.questions]
    return _without_blanks(
        {
            "id": page.id,
            "title": dict(page.title),
            "section": page.section,
            "when": _when(page, source),
            "questions": questions,
        }
    )


def _question(question: Question, source: Source, names: Mapping[str, str]) -> Data:
    choices: Any = names.get(list_key(question.choices)) or [_choice(choice, source) for choice in question.choices]
    usual = Required.NO if question.kind in UNASKED else Required.SOFT
    return _without_blanks(
        {
            "id": question.id,
            "kind": question.kind.value,
            "text": dict(question.text),
            "hint": dict(question.hint),
            "items": [_item(item, source) for item in question.items],
            "choices": choices,
            "when": _when(question, source),
            "required": "" if question.required is usual else question.required.value,
            "min": limit_as_written(question, question.minimum),
            "max": limit_as_written(question, question.maximum),
            "decimals": question.decimals or None,
            "unit": dict(question.unit),
            "core": question.core or None,
            "concept": question.concept,
            "definition": dict(question.definition),
            "total": None if question.total == USUAL_TOTAL else _number(question.total),
            "expression": source(question.expression) if question.expression else None,
            "missing": [missing.value for missing in question.missing],
            "prefill": question.prefill,
        }
    )


def _choice(choice: Choice, source: Source) -> Data:
    return _without_blanks(
        {
            "code": choice.code,
            "label": dict(choice.label),
            "missing": choice.missing.value if choice.missing else None,
            "exclusive": choice.exclusive or None,
            "opens_text": choice.opens_text or None,
            "when": _when(choice, source),
        }
    )


def _item(item: Item, source: Source) -> Data:
    return _without_blanks({"code": item.code, "label": dict(item.label), "when": _when(item, source)})


def _check(check: Check, source: Source) -> Data:
    return {"id": check.id, "when": source(check.condition), "level": check.level.value, "text": dict(check.text)}


def _when(part: Page | Question | Choice | Item, source: Source) -> str | None:
    when: Expression | None = part.when
    return source(when) if when else None


def limit_as_written(question: Question, limit: float | None) -> str | int | float | None:
    """A limit as its author writes it: of dates, a date."""
    if limit is not None and question.kind is QuestionKind.DATE:
        return day_of(limit).isoformat()
    return _number(limit)


def _number(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


def _without_blanks(data: Data) -> Data:
    """Without what says nothing: None and empty texts, tables and lists. False and 0 stay."""
    return {key: value for key, value in data.items() if value not in (None, "", {}, [])}
