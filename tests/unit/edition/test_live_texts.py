"""Live numbers in an edition's texts: read without evaluating anything, checked by name."""

import pytest

from barometer.edition import check_edition, live, starter
from barometer.model import Relation
from barometer.problems import Problem, Severity


def with_text(text: str) -> list[Problem]:
    folder = dict(starter())
    folder["texts/en/about.md"] = text.encode()
    return [one for one in check_edition(folder) if one.place.file == "texts/en/about.md"]


def test_a_call_is_found_with_its_line_and_cell() -> None:
    one = live('# Title\n\nIn the state {{ share("INC_ANY", sector="state") }} are.')[0]
    assert (one.line, one.function, one.indicator, one.breakdown, one.cells) == (
        3, "share", "INC_ANY", "sector", ("state",),
    )  # fmt: skip


def test_a_claim_has_two_cells_and_a_relation() -> None:
    one = live("{{ claim('INC_ANY', sector='state > municipality') }}")[0]
    assert (one.cells, one.relation) == (("state", "municipality"), Relation.MORE)


@pytest.mark.parametrize(
    "call",
    [
        "share(",
        "INC_ANY",
        'shares("INC_ANY")',
        "share()",
        "share(INC_ANY)",
        "share(7)",
        'share("INC_ANY", "sector")',
        'share("INC_ANY", sector="state", size="large")',
        'share("INC_ANY", **{"sector": "state"})',
        'compare("INC_ANY")',
        'compare("INC_ANY", sector="state")',
        'claim("INC_ANY", sector="state, municipality")',
        '__import__("os").system("true")',
    ],
)
def test_what_is_no_call_is_told_with_its_line(call: str) -> None:
    problems = with_text(f"One.\n\nTwo {{{{ {call} }}}}.")
    assert [(one.code, one.place.line) for one in problems] == [("E031", 3)]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('share("INC_ANU")', "INC_ANU"),
        ('share("INC_ANY", sektor="state")', "sektor"),
        ('share("INC_ANY", sector="stat")', "stat"),
        ('compare("INC_ANY", sector="state, region_")', "region_"),
        ('value("INC_ANY")', "value of a share"),
    ],
)
def test_names_the_edition_does_not_have_are_told(call: str, found: str) -> None:
    problems = with_text(f"{{{{ {call} }}}}")
    assert [one.code for one in problems] == ["E032"]
    assert found in problems[0].found


def test_a_percentage_typed_by_hand_is_a_warning_but_levels_are_not() -> None:
    problems = with_text("Some 43 % of them, with 95 % intervals at the 5 % level.")
    assert [(one.code, one.severity, one.found) for one in problems] == [
        ("E033", Severity.WARNING, "'43 %' typed by hand")
    ]


def test_a_translation_without_the_live_numbers_of_the_first_language_is_a_warning() -> None:
    folder = dict(starter())
    languages = ("en", "da", "nb", "sv")
    texts = [
        '{{ n("INC_ANY") }}',
        '{{ n("INC_ANY") }}',
        "None.",
        '{{ n("INC_ANY") }} {{ compare("INC_ANY", sector="state, region") }}',
    ]
    folder |= {f"texts/{code}/about.md": text.encode() for code, text in zip(languages, texts, strict=True)}
    found = [(one.code, one.place.file, one.found) for one in check_edition(folder)]
    assert found == [
        ("E036", "texts/nb/about.md", 'no n("INC_ANY")'),
        ("E036", "texts/sv/about.md", 'compare("INC_ANY", sector="state, region") too'),
    ]


def test_letters_need_not_have_the_same_placeholders_in_live_numbers() -> None:
    folder = dict(starter())
    folder |= {
        f"texts/{code}/letters/invitation.md": b"# Hello\n\n{link} {source}\n" for code in ("en", "da", "nb", "sv")
    }
    assert [one for one in check_edition(folder) if one.code == "E036"] == []


def test_two_mistakes_are_told_at_once() -> None:
    assert len(with_text('{{ share("NO") }} {{ shar("INC_ANY") }}')) == 2
