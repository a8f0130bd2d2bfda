"""Texts of a release in two steps: paragraphs with figures that come later wait for them."""

from dataclasses import replace

from barometer.publication import headline_edition
from published_example import edition

TEXT = """# About

It is an example.

## Early

{{ share("INC_ANY") }} are new.

## Late

{{ share("INC_SERV") }} are services. {{ claim("INC_SERV", sector="state > municipality") }}

### Very late

{{ share("INC_PROC") }} are processes.

## Method

Asked by post.
"""


def early(text: str) -> dict[str, str]:
    texts = {code: {**own, "more": text} for code, own in edition().texts.items()}
    return dict(headline_edition(replace(edition(), texts=texts, headline=("INC_ANY",))).texts["en"])


def test_paragraphs_and_headings_of_later_figures_wait() -> None:
    said = early(TEXT)["more"]
    assert said == (
        '# About\n\nIt is an example.\n\n## Early\n\n{{ share("INC_ANY") }} are new.\n\n## Method\n\nAsked by post.\n'
    )


def test_a_page_of_later_figures_alone_waits() -> None:
    assert "more" not in early('# Late\n\n{{ share("INC_SERV") }} are services.')


def test_a_text_without_later_figures_stays_as_it_is() -> None:
    assert early("# A\n\n# B\n")["more"] == "# A\n\n# B\n"
