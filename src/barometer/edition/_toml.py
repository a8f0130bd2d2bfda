"""Reading TOML into entries that know their line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from barometer.edition._entries import Entry, Report, Value
from barometer.problems import Place

Path = tuple[str | int, ...]


def read_toml(file: str, content: bytes, report: Report) -> Entry | None:
    """The file as a table, or None when it is not TOML, which is then reported."""
    text = decode(file, content, report)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, what = _syntax_error(str(error), text)
        source = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
        report.error(
            "E002",
            Place(file, line=line),
            f"{what}: {source}" if source else what,
            "valid TOML",
            "Check quotation marks, commas and brackets here and just above, and that no name is given twice.",
        )
        return None
    except RecursionError:
        report.error("E002", Place(file), "brackets nested too deeply", "valid TOML", "Nest fewer brackets.")
        return None
    return _entry(data, (), _Lines(text).found, file, 0)


def decode(file: str, content: bytes, report: Report) -> str | None:
    """Text from UTF-8, with line breaks as '\\n' and without a byte order mark; reported where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        report.error(
            "E016",
            Place(file, line=content.count(b"\n", 0, error.start) + 1),
            f"byte 0x{content[error.start]:02X} at position {error.start + 1}",
            "UTF-8",
            "Open the file in an editor and save it with the encoding UTF-8.",
        )
        return None


def _syntax_error(message: str, text: str) -> tuple[int, str]:
    match = re.search(r"\(at line (\d+), column \d+\)", message)
    what = re.sub(r" ?\(at .*\)$", "", message)
    return (int(match[1]) if match else text.count("\n") + 1), what[:1].lower() + what[1:]


def _entry(value: Any, path: Path, lines: Mapping[Path, int], file: str, line: int) -> Entry:
    line = lines.get(path, line)
    made: Value = value
    if isinstance(value, dict):
        made = {key: _entry(part, (*path, key), lines, file, line) for key, part in value.items()}
    elif isinstance(value, list):
        made = tuple(_entry(part, (*path, i), lines, file, line) for i, part in enumerate(value))
    return Entry(made, Place(file, line=line, field=_field(path)))


def _field(path: Path) -> str:
    """'indicator[3].label': as written, list positions from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_BLANKS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s.=\]]*")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")


class _Lines:
    """Where the parts of a text stand that is known to be valid TOML: path -> line, from 1.

    tomllib tells no positions, so this walks over the same text and notes where keys and list items begin.
    """

    def __init__(self, text: str) -> None:
        self.text = text + "\n"
        self.at = 0
        self.found: dict[Path, int] = {}
        self._line, self._counted = 1, 0
        self._items: dict[Path, int] = {}  # how many [[tables]] of a name have begun
        header: Path = ()
        while self._skip_blanks():
            if self.text.startswith("[[", self.at):
                header = self._header(2)
            elif self.text[self.at] == "[":
                header = self._header(1)
            else:
                self._pair(header)

    def _header(self, brackets: int) -> Path:
        self.at += brackets
        names = self._key()
        self.at += brackets
        path: Path = ()
        for number, name in enumerate(names, 1):
            path = (*path, name)
            if number == len(names) and brackets == 2:
                self._items[path] = self._items.get(path, -1) + 1
            if path in self._items:
                path = (*path, self._items[path])
        self._note(path)
        return path

    def _pair(self, header: Path) -> None:
        start = self.at
        path = (*header, *self._key())
        self._note(path, start)
        self.at += 1  # the equals sign
        self._skip_blanks()
        self._value(path)

    def _key(self) -> Sequence[str]:
        names = []
        while True:
            self._skip_blanks()
            if self.text[self.at] in "\"'":
                start = self.at + 1
                self._quoted()
                names.append(self.text[start : self.at - 1])
            else:
                match = _BARE_KEY.match(self.text, self.at)
                assert match
                names.append(match[0])
                self.at = match.end()
            self._skip_blanks()
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _value(self, path: Path) -> None:
        sign = self.text[self.at]
        if sign == "[":
            self.at += 1
            self._until("]", lambda number: self._item((*path, number)))
        elif sign == "{":
            self.at += 1
            self._until("}", lambda _: self._pair(path))
        elif sign in "\"'":
            self._quoted()
        else:
            match = _BARE_VALUE.match(self.text, self.at)
            assert match
            self.at = match.end()

    def _item(self, path: Path) -> None:
        self._note(path)
        self._value(path)

    def _until(self, end: str, part: Any) -> None:
        number = 0
        while self._skip_blanks() and self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.at += 1
                continue
            part(number)
            number += 1
        self.at += 1

    def _quoted(self) -> None:
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(mark)
        sign = re.compile(re.escape(mark) + (r"|\\." if quote == '"' else ""), re.DOTALL)
        found = mark[:0]
        while found != mark:
            match = sign.search(self.text, self.at)
            assert match
            self.at, found = match.end(), match[0]
        while len(mark) == 3 and self.text[self.at] == quote:
            self.at += 1  # quotation marks right before the closing ones

    def _skip_blanks(self) -> bool:
        """Move to the next sign that is no blank, line break or comment; False at the end."""
        match = _BLANKS.match(self.text, self.at)
        assert match
        self.at = match.end()
        return self.at < len(self.text)

    def _note(self, path: Path, at: int | None = None) -> None:
        at = self.at if at is None else at
        self._line += self.text.count("\n", self._counted, at)
        self._counted = max(self._counted, at)
        self.found.setdefault(path, self._line)
