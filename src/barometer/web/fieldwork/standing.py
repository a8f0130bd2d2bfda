"""Whether a collection takes answers at this moment."""

from datetime import datetime
from enum import Enum

from barometer.web.fieldwork.models import Collection


class Standing(Enum):
    NOT_OPEN = "not_open"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


def standing(collection: Collection, now: datetime) -> Standing:
    """Its state, or closed once its last moment has passed even if nobody has closed it yet."""
    if collection.status == "draft" or (collection.opens_at is not None and now < collection.opens_at):
        return Standing.NOT_OPEN
    if collection.status == "closed" or (collection.closes_at is not None and now >= collection.closes_at):
        return Standing.CLOSED
    return Standing.PAUSED if collection.status == "paused" else Standing.OPEN
