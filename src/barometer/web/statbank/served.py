"""What the bank adds to pages of published sites when it serves them: ways to its tables and self-test, and the
question whether the page helped. The files themselves are never changed."""

from functools import lru_cache

from barometer.publication import SELF_TEST, filled, helpful_form, page_of, ways_to_bank, ways_to_tables
from barometer.publication.open_data import INDICATOR, DataCube
from barometer.web.releases.queries import PublicRelease
from barometer.web.settings import LANGUAGES
from barometer.web.statbank.feedback import KEPT, LONGEST
from barometer.web.statbank.library import tables_of


def with_ways(content: bytes, release: PublicRelease, path: str, *, thanked: bool) -> bytes:
    """The page under `path` of the release's site; as it was published where it is in no language of the bank."""
    code, _, page = path.partition("/")
    if code not in dict(LANGUAGES) or not page.endswith(".html"):
        return content
    folder, tests = release.folder, SELF_TEST in release.files
    parts = {
        "ways": ways_to_bank(code, folder, tests=tests),
        "helpful": helpful_form(code, folder, release.number, path, thanked=thanked, most=LONGEST, days=KEPT.days),
    }
    if known := tables_by_page(release).get(page):
        parts["tables"] = ways_to_tables(code, folder, *known, tests=tests)
    return filled(content, parts)


@lru_cache(maxsize=64)
def tables_by_page(release: PublicRelease) -> dict[str, tuple[str, tuple[DataCube, ...]]]:
    """By the page of each indicator: its id, and the tables that have it."""
    found: dict[str, tuple[str, tuple[DataCube, ...]]] = {}
    for table in tables_of(release):
        for indicator in table.cube.dimension(INDICATOR).codes:
            page = page_of(indicator)
            found[page] = (indicator, (*found.get(page, ("", ()))[1], table.cube))
    return found
