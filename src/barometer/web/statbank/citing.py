"""How readers cite a table they built."""

from barometer.publication.open_data import say
from barometer.web.statbank.library import Table, dictionary


def citation(table: Table, language: str, address: str) -> str:
    """'Publisher (year): title. Edition, release. Address', in the words of the release."""
    about = dictionary(table.release)
    publisher, title = say(about["publisher"], language), say(table.cube.title, language)
    year, edition = about["released"][:4], say(table.release.title, language)
    return f"{publisher} ({year}): {title}. {edition}, {about['edition']}.{table.release.number}. {address}"
