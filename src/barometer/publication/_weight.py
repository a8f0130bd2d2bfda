"""How heavy pages are: a reader on a phone waits for every byte."""

from collections.abc import Mapping

from barometer.problems import Place, Problem, Severity

HEAVIEST = 100_000
"""Bytes of a page, without style sheet and script."""


def heavy_pages(site: Mapping[str, bytes]) -> list[Problem]:
    """A warning (P033) for each page heavier than `HEAVIEST`; themes and figures are spread over several pages before
    they come to that."""
    way_out = "Divide the survey or shorten its texts; lists of everything are on one page, however long."
    return [
        Problem(
            "P033",
            Place(path),
            f"{len(content):,} bytes",
            f"{HEAVIEST:,} bytes at most",
            way_out,
            Severity.WARNING,
        )
        for path, content in site.items()
        if path.endswith(".html") and len(content) > HEAVIEST
    ]
