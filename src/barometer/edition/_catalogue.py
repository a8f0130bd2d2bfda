"""[catalogue] of edition.toml: how catalogues of open data list the edition."""

from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.model import Catalogue
from barometer.problems import suggestion

THEMES = ("AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN")
"""The EU's list of data themes (publications.europa.eu, authority table 'data-theme')."""
FREQUENCIES = ("ANNUAL", "BIENNIAL", "TRIENNIAL", "QUADRENNIAL", "QUINQUENNIAL", "IRREG", "NEVER", "OTHER", "UNKNOWN")
"""Those of its list 'frequency' that a barometer can have."""

_KEYS = ("address", "publisher", "agency", "themes", "frequency", "keywords", "server")
_ADDRESS = r"https?://[^\s<>\"{}|\\\\^`]+"


def read_catalogue(fields: Fields, report: Report) -> Catalogue:
    """The table, or what holds without one."""
    part = fields.table("catalogue", _KEYS)
    usual = Catalogue()
    if part is None:
        return usual
    themes = part.strings("themes")
    frequency = Word(part.string("frequency", usual.frequency), part.place("frequency"))
    _listed(themes, THEMES, report)
    _listed((frequency,), FREQUENCIES, report)
    return Catalogue(
        address=part.string("address", "", _ADDRESS, "'https://innovation.example.org/2024'"),
        publisher=part.string("publisher", "", _ADDRESS, "'https://example.org/agency'"),
        agency=part.string("agency", usual.agency, r"[A-Za-z][A-Za-z0-9_-]*", "'COI'"),
        themes=tuple(word.text for word in themes) or usual.themes,
        frequency=frequency.text,
        keywords=part.text("keywords", optional=True),
        server=part.string("server", "", _ADDRESS, "'https://stat.example.org'").rstrip("/"),
    )


def _listed(words: tuple[Word, ...], known: tuple[str, ...], report: Report) -> None:
    for word in words:
        if word.text not in known:
            way_out = suggestion(word.text, known)
            report.error("E007", word.place, f"'{word.text}'", "one of " + ", ".join(known), way_out)
