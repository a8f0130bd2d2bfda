"""How many calls of a kind an address may make: counted in memory by each process, and never written anywhere."""

from collections import OrderedDict, deque
from math import ceil
from threading import Lock
from time import monotonic

from django.conf import settings

_MOST_ADDRESSES = 50_000
_calls: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
_lock = Lock()


def seconds_to_wait(address: str) -> int:
    """Count a call of the API; 0 when it is allowed, else the seconds after which the next one will be."""
    return _counted("call", address, settings.API_CALLS, settings.API_SECONDS)


def seconds_to_save(address: str) -> int:
    """The same for a query that is stored."""
    return _counted("save", address, settings.API_SAVES, settings.API_SAVE_SECONDS)


def _counted(kind: str, address: str, most: int, seconds: int) -> int:
    now = monotonic()
    with _lock:
        times = _calls.setdefault((kind, address), deque())
        _calls.move_to_end((kind, address))
        while times and now - times[0] >= seconds:
            times.popleft()
        if len(times) >= most:
            return max(1, ceil(seconds - (now - times[0])))
        times.append(now)
        while len(_calls) > _MOST_ADDRESSES:
            _calls.popitem(last=False)
    return 0


def forget() -> None:
    """Start counting anew."""
    with _lock:
        _calls.clear()
