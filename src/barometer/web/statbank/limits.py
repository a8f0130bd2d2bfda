"""How many calls of the API an address may make: counted in memory by each process, and never written anywhere."""

from collections import OrderedDict, deque
from math import ceil
from threading import Lock
from time import monotonic

from django.conf import settings

_MOST_ADDRESSES = 50_000
_calls: OrderedDict[str, deque[float]] = OrderedDict()
_lock = Lock()


def seconds_to_wait(address: str) -> int:
    """Count a call; 0 when it is allowed, else the seconds after which the next one will be."""
    now = monotonic()
    with _lock:
        times = _calls.setdefault(address, deque())
        _calls.move_to_end(address)
        while times and now - times[0] >= settings.API_SECONDS:
            times.popleft()
        if len(times) >= settings.API_CALLS:
            return max(1, ceil(settings.API_SECONDS - (now - times[0])))
        times.append(now)
        while len(_calls) > _MOST_ADDRESSES:
            _calls.popitem(last=False)
    return 0


def forget() -> None:
    """Start counting anew."""
    with _lock:
        _calls.clear()
