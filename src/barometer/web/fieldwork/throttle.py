"""Slowing down who guesses: counted in memory, by network address, and forgotten after a quarter of an hour.

Each process counts for itself, and addresses are never written anywhere.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=15)
MOST_WRONG = 20
"""Wrong links and codes an address may try in the window: an office may err, a program cannot guess."""
_MOST_ADDRESSES = 50_000

_wrong: OrderedDict[str, deque[datetime]] = OrderedDict()
_lock = Lock()


def is_stopped(address: str, now: datetime) -> bool:
    """Whether the address has erred too often of late."""
    with _lock:
        times = _wrong.get(address)
        while times and now - times[0] > WINDOW:
            times.popleft()
        return times is not None and len(times) >= MOST_WRONG


def note_wrong(address: str, now: datetime) -> None:
    """Count one wrong link or code."""
    with _lock:
        times = _wrong.setdefault(address, deque(maxlen=MOST_WRONG))
        times.append(now)
        _wrong.move_to_end(address)
        while len(_wrong) > _MOST_ADDRESSES:
            _wrong.popitem(last=False)


def forget() -> None:
    """Start counting anew."""
    with _lock:
        _wrong.clear()
