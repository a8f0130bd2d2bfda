"""The words of an edition, apart from what is computed with: found, changed, left out; a fingerprint of the rest."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import polars as pl

from barometer.expressions import Expression
from barometer.model._instrument import Text

Thing = TypeVar("Thing")
Change = Callable[[str, Text], Text]


def change_words(thing: Thing, change: Change, place: str = "") -> Thing:
    """`thing` with every mapping of text to text replaced by what `change` gives for its place and itself.

    Looks into dataclasses, tuples and mappings. The place tells the way: '.surveys.0.title'.
    """
    found: Any = thing
    if isinstance(found, Mapping):
        if all(isinstance(value, str) for value in found.values()):
            found = change(place, found)
        else:
            found = {key: change_words(value, change, f"{place}.{key}") for key, value in found.items()}
    elif isinstance(found, tuple):
        parts = [change_words(part, change, f"{place}.{number}") for number, part in enumerate(found)]
        found = tuple(parts) if any(new is not old for new, old in zip(parts, found, strict=True)) else found
    elif _has_parts(found):
        changed = {}
        for name in _names(found):
            old = getattr(found, name)
            if (new := change_words(old, change, f"{place}.{name}")) is not old:
                changed[name] = new
        found = replace(found, **changed) if changed else found
    return found  # type: ignore[no-any-return]


def without_words(thing: Thing) -> Thing:
    """`thing` with empty words: what results must not depend on."""
    return change_words(thing, lambda _, words: {} if words else words)


def fingerprint(thing: object) -> str:
    """SHA-256 of frozen data: equal for equal dataclasses, tuples, mappings, enumerations, tables and plain values."""
    total = hashlib.sha256()
    for part in _told(thing):
        total.update(part)
    return total.hexdigest()


def _told(thing: object) -> Iterator[bytes]:
    if thing is None or isinstance(thing, str | int | float | date):
        yield f"{type(thing).__name__} {thing!r}\n".encode()
    elif isinstance(thing, Enum):
        yield f"{type(thing).__name__}.{thing.name}\n".encode()
    elif isinstance(thing, Expression):  # its tree follows from its source and the rest of the edition
        yield f"expression {thing.source!r}\n".encode()
    elif isinstance(thing, bytes):
        yield b"bytes %d " % len(thing)
        yield thing
    elif isinstance(thing, pl.DataFrame):
        yield f"table {thing.schema!r} {thing.height}\n".encode()
        yield thing.rechunk().write_ipc(None).getvalue()
    elif is_dataclass(thing):
        yield f"{type(thing).__name__} (\n".encode()
        for name in _names(thing):
            yield f"{name} ".encode()
            yield from _told(getattr(thing, name))
        yield b")\n"
    elif isinstance(thing, Mapping):
        yield b"{\n"
        for key, value in thing.items():
            yield from _told(key)
            yield from _told(value)
        yield b"}\n"
    elif isinstance(thing, tuple | list):
        yield b"[\n"
        for part in thing:
            yield from _told(part)
        yield b"]\n"
    elif isinstance(thing, frozenset | set):
        yield from _told(sorted(thing, key=repr))
    else:
        raise TypeError(f"no fingerprint of {type(thing).__name__}")


def _has_parts(thing: object) -> bool:
    return is_dataclass(thing) and not isinstance(thing, type | Expression)


def _names(thing: object) -> tuple[str, ...]:
    return _names_of(type(thing))  # type: ignore[arg-type]


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.init)
