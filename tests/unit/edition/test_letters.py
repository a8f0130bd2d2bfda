"""Letters of an edition: read with its texts, refused when a recipient could do nothing with them."""

import pytest

from barometer.edition import (
    check_edition,
    fill_letter,
    letter_body,
    letter_problems,
    letter_subject,
    read_edition,
    starter,
)

GOOD = "# Your answer\n\n{greeting} <{link}> {source}\n"


def with_letters(source: str, name: str = "invitation") -> dict[str, bytes]:
    folder = dict(starter())
    languages = {path.split("/")[1] for path in folder if path.startswith("texts/")}
    return {**folder, **{f"texts/{one}/letters/{name}.md": source.encode() for one in languages}}


def expected(source: str, name: str = "invitation") -> list[str]:
    return [problem.expected for problem in letter_problems(name, source, "letter.md")]


def test_letters_are_read_with_the_other_texts() -> None:
    edition = read_edition(with_letters(GOOD))
    assert edition.texts["da"]["letters/invitation"] == GOOD


def test_a_letter_is_told_by_its_file_when_it_cannot_be_sent() -> None:
    found = [problem for problem in check_edition(with_letters("no subject")) if problem.code == "E030"]
    assert "texts/da/letters/invitation.md" in {problem.place.file for problem in found}


def test_a_letter_in_one_language_only_is_missed_in_the_others() -> None:
    folder = dict(starter()) | {"texts/da/letters/invitation.md": GOOD.encode()}
    assert {problem.code for problem in check_edition(folder)} == {"E001"}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{link} {source}", "a first line '# Subject'"),
        ("# A\n\n{lnik} {link} {source}", "a known placeholder"),
        ("# A\n\n{source}", "{link}: the personal link"),
        ("# A\n\n{link}", "{source}: where the address comes from"),
    ],
)
def test_what_is_wrong_with_a_letter_is_told(source: str, problem: str) -> None:
    assert expected(source) == [problem]


def test_a_receipt_needs_no_link_and_paper_needs_the_code() -> None:
    assert expected("# A\n\nthanks", "receipt") == []
    assert expected("# A\n\n{source}", "paper") == ["{code}: the short code, for those who cannot use a link"]


def test_the_heading_is_the_subject_and_the_rest_the_letter() -> None:
    assert (letter_subject(GOOD), letter_body("# A\n\nB\n")) == ("Your answer", "B\n")


def test_unknown_placeholders_stay_and_values_are_not_filled_again() -> None:
    assert fill_letter("{name} {x}", {"name": "{link}", "link": "secret"}) == "{link} {x}"
