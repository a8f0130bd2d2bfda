"""From text to Python's syntax tree, with problems told in the terms of this language."""

import ast
import re
import warnings

from barometer.problems import Place, Problem

MOST_CHARACTERS = 20_000
"""Longer expressions are refused: nobody can read them, and nesting them exhausts the parser's stack."""
MOST_NESTED = 200
"""Levels of brackets and operators inside each other, far more than anybody follows; a long `or` is one level."""
SHOWN_CHARACTERS = 60
"""How much of an unreadable expression a problem repeats."""


def syntax_tree(source: str, place: Place) -> tuple[ast.expr | None, str, list[Problem]]:
    """The tree (None if there is none), the text it was read from, and problems.

    Operators of other languages are named and replaced, so that whatever else is wrong is found too.
    """
    text, problems = _own_operators(re.sub(r"[\r\n\t]", " ", source).rstrip(), place)
    lead = len(text) - len(text.lstrip())
    body = text.lstrip()
    if not body:
        return None, body, [_unreadable(place, "nothing", "write a condition, or leave the field out")]
    if len(body) > MOST_CHARACTERS:
        found = f"{len(body)} characters"
        return (
            None,
            body,
            [_unreadable(place, found, "split it: define indicators or universes and use their names")],
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of 'a' is 'b' and the like; they are refused later
            tree = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        offset = min(max((error.offset or 1) - 1, 0), len(body))
        near = body[offset : offset + 20] or "the end"
        found = f"'{_short(body)}': {_reason(error)} at character {lead + offset + 1}, near '{near}'"
        return None, body, [*problems, _unreadable(place, found, "check brackets, quotation marks and operators")]
    except (ValueError, RecursionError, MemoryError):
        return None, body, [*problems, _too_deep(body, place)]
    if _depth(tree) > MOST_NESTED:
        return None, body, [*problems, _too_deep(body, place)]
    return tree, body, problems


def canonical_source(source: str) -> str:
    """The expression with one spelling of blanks, brackets and quotation marks.

    Two sources that read to the same tree give the same text, which is what instruments are hashed by.
    """
    tree, _, problems = syntax_tree(source, Place())
    if tree is None or problems:
        raise ValueError(f"not a parsed expression: {source!r}")
    return ast.unparse(tree)


def _depth(tree: ast.AST) -> int:
    """Levels of the tree, found without recursion."""
    levels, level = 0, [tree]
    while level:
        levels, level = levels + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return levels


def _too_deep(text: str, place: Place) -> Problem:
    found = f"'{_short(text)}': nested too deeply, or with a character unknown here"
    return _unreadable(place, found, "split it: define indicators or universes and use their names")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_FOREIGN = (
    (re.compile(r"[‘’“”´`]"), "'", "straight quotation marks"),
    (re.compile(r"&&"), "and", "and"),
    (re.compile(r"\|\|"), "or", "or"),
    (re.compile(r"<>"), "!=", "!="),
    (re.compile(r"(?<![=!<>])=(?!=)"), "==", "=="),
    (re.compile(r"\b(?:AND|OR|NOT|IN)\b"), "", "and, or, not and in, in small letters"),
    (re.compile(r"!(?!=)"), " not ", "not"),
)


def _own_operators(text: str, place: Place) -> tuple[str, list[Problem]]:
    problems = []
    for pattern, own, expected in _FOREIGN:
        found = list(pattern.finditer(_blank_strings(text)))
        for match in found:
            where = f"'{text[match.start() : match.end()]}' at character {match.start() + 1}"
            problems.append(Problem("X002", place, where, expected, f"Write {expected}."))
        for match in reversed(found):
            word = own or text[match.start() : match.end()].lower()
            text = text[: match.start()] + word + text[match.end() :]
    return text, problems


def _blank_strings(text: str) -> str:
    return _STRINGS.sub(lambda match: " " * len(match.group()), text)


def _reason(error: SyntaxError) -> str:
    plain = (error.msg or "not understood").split(". ")[0]
    return "not understood" if plain == "invalid syntax" else plain


def _unreadable(place: Place, found: str, way_out: str) -> Problem:
    return Problem("X001", place, found, "a well-formed expression", way_out[0].upper() + way_out[1:] + ".")
