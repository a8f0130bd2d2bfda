"""When figures appear, to the minute."""

from datetime import datetime

from barometer.model import Edition
from barometer.publication._language import Language


def calendar(edition: Edition, one: Language) -> list[tuple[str, str]]:
    """What is released and when, in order; the next edition where its day is planned."""
    if edition.detail_at is None:
        dated = [("whole", _minute(edition.release_at, one))]
    else:
        dated = [("headline", _minute(edition.release_at, one)), ("detail", _minute(edition.detail_at, one))]
    if edition.next_at is not None:
        dated.append(("next", one.date(edition.next_at)))
    return [(one.say(f"calendar.{what}"), when) for what, when in dated]


def _minute(moment: datetime, one: Language) -> str:
    zone = moment.strftime("%z")
    return one.say(
        "calendar.at", date=one.date(moment), time=moment.strftime("%H:%M"), zone=f"UTC{zone[:3]}:{zone[3:5]}"
    )
