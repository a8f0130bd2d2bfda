"""Taking typed values out of a table of a file; whatever is wrong with them is reported, and nothing raises."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple, TypeVar

from barometer.edition._entries import Entry, describe
from barometer.edition._texts import Context, is_clean, read_text, report_control
from barometer.model import Text
from barometer.problems import Place, suggestion

E = TypeVar("E", bound=Enum)


class Word(NamedTuple):
    """A name in a file, with its place, for references."""

    text: str
    place: Place


class Fields:
    """A table of a file, with the keys it may have. Getters give '', {}, () or None for what is missing or wrong."""

    def __init__(self, entry: Entry, context: Context, known: tuple[str, ...] | None) -> None:
        self.context = context
        self.entry = entry
        self.entries: Mapping[str, Entry] = {}
        if not isinstance(entry.value, Mapping):
            context.error(
                "005",
                entry.place,
                describe(entry),
                "a table of keys and values",
                "Write it as key and value pairs.",
            )
            return
        self.entries = entry.value
        for key in self.entries if known is not None else ():
            if key not in (known or ()):
                place = self.entries[key].place
                context.error("003", place, f"'{key}'", "a key that is known here", suggestion(key, known or ()))

    def has(self, key: str) -> bool:
        return key in self.entries and self.entries[key].value is not None

    def place(self, key: str) -> Place:
        """Where the value is, or where it should be."""
        if key in self.entries:
            return self.entries[key].place
        field = f"{self.entry.place.field}.{key}" if self.entry.place.field else key
        return replace(self.entry.place, field="" if self.entry.place.sheet else field)

    def string(self, key: str, default: str | None = None, form: str = "", example: str = "") -> str:
        """One line of text, stripped; `form` is a regular expression it must match in full."""
        entry = self._get(key, default is None)
        if entry is None:
            return default or ""
        return self._string(entry, key, form, example)

    def strings(self, key: str, required: bool = False) -> tuple[Word, ...]:
        """A list of one-line texts, with their places; the wrong ones are left out."""
        words = [(self._string(entry, key, "", ""), entry.place) for entry in self._list(key, required)]
        return tuple(Word(text, place) for text, place in words if text)

    def text(self, key: str, optional: bool = False) -> Text:
        """A text in every language, stripped, in the order of the languages."""
        entry = self._get(key, not optional)
        return {} if entry is None else read_text(entry, key, self.context)

    def word(self, key: str, default: str = "") -> Word:
        """A string with its place, for references; required when there is no default."""
        return Word(self.string(key, default or None), self.place(key))

    def optional_word(self, key: str) -> Word | None:
        text = self.string(key, "")
        return Word(text, self.place(key)) if text else None

    def one_of(self, key: str, kinds: type[E], default: E | None = None) -> E | None:
        text = self.string(key, None if default is None else "")
        if not text:
            return default
        values = {str(kind.value): kind for kind in kinds}
        if text not in values:
            self.context.error(
                "007",
                self.place(key),
                f"'{text}'",
                "one of " + ", ".join(values),
                _other_words(text) or suggestion(text, values),
            )
        return values.get(text)

    def boolean(self, key: str, default: bool | None = None) -> bool:
        entry = self._get(key, default is None)
        if entry is None:
            return bool(default)
        if isinstance(entry.value, bool):
            return entry.value
        if entry.plain and entry.value in ("true", "false"):
            return entry.value == "true"
        self._wrong(entry, key, "true or false", "Write true or false, without quotation marks.")
        return bool(default)

    def integer(
        self, key: str, default: int | None = None, low: int | None = None, high: int | None = None
    ) -> int | None:
        entry = self._get(key, default is None)
        if entry is None:
            return default
        number = read_number(entry)
        if number is None or number != int(number):
            self._wrong(entry, key, "a whole number", "Write digits only, without quotation marks.")
            return None
        self._range(entry, key, number, low, high)
        return int(number)

    def number(
        self,
        key: str,
        default: float | None = None,
        low: float | None = None,
        high: float | None = None,
        *,
        required: bool = False,
    ) -> float | None:
        entry = self._get(key, required)
        if entry is None:
            return default
        number = read_number(entry)
        if number is None:
            self._wrong(
                entry,
                key,
                "a number",
                "Write digits, with a point as decimal mark and without quotation marks.",
            )
            return default
        self._range(entry, key, number, low, high)
        return number

    def day(self, key: str) -> date | None:
        entry = self._get(key, True)
        if entry is None:
            return None
        if isinstance(entry.value, date) and not isinstance(entry.value, datetime):
            return entry.value
        self._wrong(entry, key, "a date", "Write it as 2024-12-31, without quotation marks.")
        return None

    def moment(self, key: str) -> datetime | None:
        """A date and time with its distance from UTC."""
        entry = self._get(key, True)
        if entry is None:
            return None
        way_out = "Write it as 2025-04-24T09:00:00+02:00, without quotation marks."
        if not isinstance(entry.value, datetime):
            self._wrong(entry, key, "a date, a time and a time zone", way_out)
            return None
        if entry.value.tzinfo is None:
            self.context.error("015", entry.place, str(entry.value), "a time with a time zone", way_out)
            return None
        return entry.value

    def table(self, key: str, known: tuple[str, ...] | None, required: bool = False) -> "Fields | None":
        """A table inside this one; `known` None where its keys are free."""
        entry = self._get(key, required)
        return None if entry is None else Fields(entry, self.context, known)

    def tables(self, key: str, known: tuple[str, ...], required: bool = False) -> "tuple[Fields, ...]":
        return tuple(Fields(entry, self.context, known) for entry in self._list(key, required))

    def _get(self, key: str, required: bool) -> Entry | None:
        entry = self.entries.get(key)
        if entry is not None and entry.value is not None:
            return entry
        if required and isinstance(self.entry.value, Mapping):
            name = self.context.called(key)
            self.context.error("004", self.place(key), "nothing", f"a value for '{name}'", f"Fill in '{name}'.")
        return None

    def _list(self, key: str, required: bool) -> tuple[Entry, ...]:
        entry = self._get(key, required)
        if entry is None:
            return ()
        if isinstance(entry.value, tuple):
            return entry.value
        self._wrong(entry, key, "a list", "Put square brackets around it, with commas between its parts.")
        return ()

    def _string(self, entry: Entry, key: str, form: str, example: str) -> str:
        if not isinstance(entry.value, str):
            self._wrong(entry, key, "a text", "Put quotation marks around it.")
            return ""
        text = entry.value.strip()
        if not text or not is_clean(text):
            self._blank_or_control(entry, key, text)
            return ""
        if form and not re.fullmatch(form, text):
            self.context.error(
                "007",
                entry.place,
                f"'{text}'",
                f"{self.context.called(key)} written like {example}",
                f"Change it to the form of {example}.",
            )
            return ""
        return text

    def _blank_or_control(self, entry: Entry, key: str, text: str) -> None:
        if not text:
            name = self.context.called(key)
            self.context.error(
                "004", entry.place, "a blank", f"a value for '{name}'", f"Fill in '{name}', or remove it."
            )
        else:
            report_control(entry.place, text, self.context)

    def _wrong(self, entry: Entry, key: str, expected: str, way_out: str) -> None:
        found = f"{self.context.called(key)} is {describe(entry)}"
        self.context.error("005", entry.place, found, expected, way_out)

    def _range(self, entry: Entry, key: str, number: float, low: float | None, high: float | None) -> None:
        if (low is not None and number < low) or (high is not None and number > high):
            if high is None:
                expected = f"at least {low:g}"
            elif low is None:
                expected = f"at most {high:g}"
            else:
                expected = f"from {low:g} to {high:g}"
            self.context.error(
                "012",
                entry.place,
                f"{self.context.called(key)} is {number:g}",
                expected,
                "Change it to a number in that range.",
            )


def read_number(entry: Entry) -> float | None:
    """A finite number, or None if the entry is not one."""
    value = entry.value
    if isinstance(value, str) and entry.plain and re.fullmatch(r"[-+]?\d{1,15}(\.\d+)?([eE][-+]?\d{1,2})?", value):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None


_OTHER = {
    "select_one": "Write 'single', and the name of the list in 'choices'.",
    "select_multiple": "Write 'multi', and the name of the list in 'choices'.",
    "note": "Write 'information'.",
    "integer": "Write 'number', with decimals 0.",
    "decimal": "Write 'number', and give 'decimals'.",
    "yes": "Write 'hard' if an answer must be given, 'soft' if it may be skipped after a reminder.",
    "true": "Write 'hard' if an answer must be given, 'soft' if it may be skipped after a reminder.",
    "false": "Write 'no'.",
}


def _other_words(text: str) -> str:
    """The way out for words of XLSForm, which many authors know."""
    return _OTHER.get(text.split()[0], "")
