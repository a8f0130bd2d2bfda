"""Writing a questionnaire as a workbook that reads back to the same instrument."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from barometer.edition._canonical import limit_as_written, list_key
from barometer.edition._kinds import UNASKED, WITH_ITEMS
from barometer.edition._questions import USUAL_TOTAL
from barometer.edition._workbook import SHEETS
from barometer.model import Choice, Instrument, Item, Page, Question, Required, Text

Value = str | int | float | None | Text
Row = Mapping[str, Value]


def to_workbook(instrument: Instrument) -> bytes:
    """The instrument as .xlsx, the same bytes every time. Lists of choices are named after their first question."""
    book = Workbook()
    book.remove(book.active)
    lists = _lists(instrument)
    rows: dict[str, Iterable[Row]] = {
        "settings": [
            {"key": "instrument", "value": instrument.id},
            {"key": "version", "value": instrument.version},
            {"key": "languages", "value": " ".join(instrument.languages)},
        ],
        "texts": [
            {"name": name, "label": text}
            for name, text in (("title", instrument.title), ("introduction", instrument.introduction))
            if text
        ],
        "questions": _questions(instrument, lists),
        "choices": [{"list": name, **_choice(choice)} for name, choices in lists.values() for choice in choices],
        "checks": [
            {
                "name": check.id,
                "condition": check.condition.source,
                "level": check.level.value,
                "label": check.text,
            }
            for check in instrument.checks
        ],
        "sections": [{"name": section.id, "label": section.title} for section in instrument.sections],
    }
    for name, columns in SHEETS.items():
        _write(book.create_sheet(name), columns, list(rows[name]), instrument.languages)
    stored = io.BytesIO()
    book.save(stored)
    return _timeless(stored.getvalue())


def _lists(instrument: Instrument) -> dict[str, tuple[str, tuple[Choice, ...]]]:
    """Every list of choices once: its key -> its name and the choices."""
    lists: dict[str, tuple[str, tuple[Choice, ...]]] = {}
    for question in instrument.questions:
        if question.choices:
            lists.setdefault(list_key(question.choices), (question.id, question.choices))
    return lists


def _choice(choice: Choice) -> Row:
    return {
        "name": choice.code,
        "label": choice.label,
        "missing": choice.missing.value if choice.missing else None,
        "exclusive": "yes" if choice.exclusive else None,
        "opens_text": "yes" if choice.opens_text else None,
        "relevant": _when(choice),
    }


def _questions(instrument: Instrument, lists: Mapping[str, tuple[str, tuple[Choice, ...]]]) -> Iterable[Row]:
    for page in instrument.pages:
        yield {
            "type": "begin page",
            "name": page.id,
            "label": page.title,
            "section": page.section,
            "relevant": _when(page),
        }
        for question in page.questions:
            yield _question(question, lists)
            if question.kind in WITH_ITEMS:
                for item in question.items:
                    yield {"type": "item", "name": item.code, "label": item.label, "relevant": _when(item)}
                yield {"type": f"end {question.kind.value}"}
        yield {"type": "end page"}


def _question(question: Question, lists: Mapping[str, tuple[str, tuple[Choice, ...]]]) -> Row:
    answered = question.kind not in UNASKED
    return {
        "type": f"begin {question.kind.value}" if question.kind in WITH_ITEMS else question.kind.value,
        "name": question.id,
        "label": question.text,
        "hint": question.hint,
        "choices": lists[list_key(question.choices)][0] if question.choices else None,
        "relevant": _when(question),
        "required": question.required.value if answered and question.required is not Required.SOFT else None,
        "min": limit_as_written(question, question.minimum),
        "max": limit_as_written(question, question.maximum),
        "decimals": question.decimals or None,
        "unit": question.unit,
        "core": "yes" if question.core else None,
        "concept": question.concept or None,
        "definition": question.definition,
        "total": None if question.total == USUAL_TOTAL else question.total,
        "calculation": question.expression.source if question.expression else None,
        "missing": " ".join(missing.value for missing in question.missing),
        "prefill": question.prefill or None,
    }


def _when(part: Page | Question | Choice | Item) -> str | None:
    return part.when.source if part.when else None


def _write(sheet: Any, columns: Sequence[str], rows: Sequence[Row], languages: Sequence[str]) -> None:
    """Header and rows, every text as text: a cell that begins with '=' is no formula."""
    header = [name + language for name in columns for language in (languages if name.endswith("::") else ("",))]
    for number, name in enumerate(header, 1):
        cell = sheet.cell(1, number, name)
        cell.font = Font(bold=True)
        width = 40 if "::" in name or name in ("relevant", "condition", "calculation", "value") else 14
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows, 2):
        for place, name in enumerate(header, 1):
            value = _value(row, name)
            if value is None or value == "":
                continue
            cell = sheet.cell(number, place)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"


def _value(row: Row, column: str) -> str | int | float | None:
    base, _, language = column.partition("::")
    value = row.get(base)
    if isinstance(value, Mapping):
        return value.get(language)
    return value


def _timeless(content: bytes) -> bytes:
    """The workbook without the moment it was written, which openpyxl stores in several places."""
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb">\d{4}-\d\d-\d\dT[\d:.+-]*Z?<", b">2000-01-01T00:00:00Z<", data)
            part = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, data)
    return stored.getvalue()
