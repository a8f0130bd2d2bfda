"""Texts of an edition with the release's own numbers, and refusals of those the release does not have."""

from dataclasses import replace

import pytest

from barometer.disclosure import Release
from barometer.model import Edition
from barometer.problems import BadInput
from barometer.publication import Site, publish
from barometer.publication._cube import index
from barometer.publication._language import language
from barometer.publication._wording import check_texts, filled
from published_example import edition as example_edition
from published_example import release as example_release


def example() -> tuple[Release, Edition]:
    return example_release(), example_edition()


def test_a_share_is_written_as_on_the_pages() -> None:
    release, edition = example()
    cube = index(release, edition)
    value = cube.total("INC_ANY").value
    assert value is not None
    assert filled(cube, language("da"), '{{ share("INC_ANY") }} her') == f"{language('da').percent(value)} her"


def test_of_ten_interval_and_n_come_from_the_same_cell() -> None:
    release, edition = example()
    cube = index(release, edition)
    cell = cube.total("INC_ANY")
    one = language("en")
    assert cell.value is not None and cell.n is not None and cell.ci_low is not None and cell.ci_high is not None
    text = filled(cube, one, '{{ of_ten("INC_ANY") }}|{{ interval("INC_ANY") }}|{{ n("INC_ANY") }}')
    assert text == (
        f"{cell.value * 10:.0f} in 10|{one.percent_interval(cell.ci_low, cell.ci_high)}|{one.number(cell.n)}"
    )


def test_a_comparison_says_both_figures_and_the_outcome() -> None:
    release, edition = example()
    text = filled(index(release, edition), language("en"), '{{ compare("INC_SERV", sector="state, municipality") }}')
    assert "State" in text and "The difference is significant" in text


def test_a_claim_leaves_nothing_in_the_text() -> None:
    release, edition = example()
    text = filled(
        index(release, edition), language("en"), 'More.{{ claim("INC_SERV", sector="state > municipality") }}'
    )
    assert text == "More."


def problems(release: Release, edition: Edition, text: str) -> list[tuple[str, int]]:
    changed = replace(edition, texts={**edition.texts, "en": {**edition.texts["en"], "about": text}})
    return [(one.code, one.place.line) for one in check_texts(index(release, changed))]


def test_a_wrong_claim_in_a_text_is_told_with_its_line() -> None:
    release, edition = example()
    assert problems(release, edition, 'a\n\nb {{ claim("INC_SERV", sector="state < municipality") }}') == [("P001", 3)]


def test_a_hidden_cell_in_a_text_is_told_with_its_line() -> None:
    release, edition = example()
    cube = index(release, edition)
    hidden = next(
        (indicator, breakdown, code)
        for (indicator, breakdown), cells in cube.cells.items()
        for code, cell in cells.items()
        if cell.status == "c" and ":" not in code
    )
    call = f'{{{{ share("{hidden[0]}", {hidden[1]}="{hidden[2]}") }}}}'
    assert problems(release, edition, f"a\n{call}") == [("P008", 2)]


def test_publish_refuses_a_text_with_a_wrong_claim() -> None:
    release, edition = example()
    text = {"about": 'b {{ claim("INC_SERV", sector="state < municipality") }}'}
    changed = replace(edition, texts={**edition.texts, "en": {**edition.texts["en"], **text}})
    with pytest.raises(BadInput, match="P001"):
        publish(release, changed)


def test_the_page_shows_the_number_and_no_braces() -> None:
    release, edition = example()
    value = index(release, edition).total("INC_ANY").value
    assert value is not None
    text = {"about": 'Of them {{ share("INC_ANY") }}.'}
    changed = replace(edition, texts={**edition.texts, "en": {**edition.texts["en"], **text}})
    page = Site(release, changed)["en/about.html"].decode()
    assert f"Of them {language('en').percent(value)}." in page and "{{" not in page
