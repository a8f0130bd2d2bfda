"""Questionnaires in YAML: reading them into entries that know their line, and writing them."""

from collections.abc import Iterator
from typing import Any

import yaml

from barometer.edition._entries import Entry, Report
from barometer.edition._toml import decode
from barometer.problems import Place

LARGEST = 5_000_000
"""Bytes of a questionnaire in YAML."""
DEEPEST = 40
"""Levels of nesting."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same parser in C, where it was built


def read_yaml(file: str, content: bytes, report: Report) -> Entry | None:
    """The file as a table, or None when it is not usable YAML, which is then reported.

    Scalars without quotation marks stay text as written and take their type from what is expected of them, so
    that `yes`, `no`, `on` and `01` are the words they look like. Anchors and aliases are refused.
    """
    if len(content) > LARGEST:
        _refuse(file, report, f"{len(content):,} bytes")
        return None
    text = decode(file, content, report)
    if text is None:
        return None
    try:
        return _Builder(file, text, report).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = " ".join(part for part in (error.context, error.problem) if part)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{error.character:04X} is not allowed"
    except _TooDeep:
        _refuse(file, report, f"more than {DEEPEST} levels of nesting")
        return None
    rows = text.split("\n")
    source = rows[line - 1].strip() if 0 < line <= len(rows) else ""
    report.error(
        "Q002",
        Place(file, line=line),
        f"{what}: {source}" if source else what,
        "valid YAML",
        "Check indentation here and just above (blanks, no tabs), and put texts with ': ' or '#' in quotation marks.",
    )
    return None


def write_yaml(data: object) -> bytes:
    """The data as UTF-8 YAML: block style, keys in their order, accents as they are."""
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return text.encode()


def _refuse(file: str, report: Report, found: str) -> None:
    report.error(
        "Q018",
        Place(file),
        found,
        f"at most {LARGEST:,} bytes and {DEEPEST} levels",
        "Check that this is the questionnaire, and split it if it is.",
    )


def _error(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


class _TooDeep(Exception):
    pass


class _Builder:
    """Entries from the parser's events. Building from events, rather than from Python objects, keeps lines and
    the words as written, and runs no constructors."""

    def __init__(self, file: str, text: str, report: Report) -> None:
        self.file, self.report = file, report
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.depth = 0

    def document(self) -> Entry:
        root = Entry(None, Place(self.file, line=1))
        documents = 0
        for event in self.events:  # to the end, because all of it must be readable
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, "")
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _error(event, "a second document begins here (---)")
        return root

    def _node(self, event: Any, field: str) -> Entry:
        place = Place(self.file, line=event.start_mark.line + 1, field=field)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _error(event, "anchors and aliases (& and *) are not used here; name shared lists under choices")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            empty = plain and event.value in ("", "~", "null")
            return Entry(None if empty else str(event.value), place, plain)
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeep
        entry = self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._sequence(place)
        self.depth -= 1
        return entry

    def _sequence(self, place: Place) -> Entry:
        items: list[Entry] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, f"{place.field}[{len(items) + 1}]"))
        return Entry(tuple(items), place)

    def _mapping(self, place: Place) -> Entry:
        parts: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, place.field)
            name = str(key.value) if isinstance(key.value, str) else ""
            value = self._node(next(self.events), f"{place.field}.{name}" if place.field else name)
            if not name:
                self.report.error(
                    "Q005", key.place, "a key that is no word", "a word before the colon", "Write a word as the key."
                )
            elif name in parts:
                self.report.error(
                    "Q008",
                    key.place,
                    f"the key '{name}', also in line {parts[name].place.line}",
                    "each key once",
                    "Delete one, or put both values into one.",
                )
            else:
                parts[name] = value
        return Entry(parts, place)
