"""Acts on saved queries. Who stores one is anonymous, so that there is nothing to write into the log."""

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from barometer.web.statbank.asked import Asked
from barometer.web.statbank.models import SavedQuery

_KEY = re.compile(r"[a-z2-7]{16}")


class NoRoom(Exception):
    """As many queries are stored as may be."""


def save_query(
    *, table: str, asked: Asked, language: str, output_format: str, output_format_params: Sequence[str]
) -> SavedQuery:
    """Store a query that has been found to be answerable; one that is stored already is given back. Raises `NoRoom`."""
    content: dict[str, Any] = {
        "table": table,
        "selection": [{"variableCode": name, "valueCodes": list(codes)} for name, codes in asked.values.items()],
        "placement": {"heading": list(asked.heading), "stub": list(asked.stub)},
        "language": language,
        "output_format": output_format,
        "output_format_params": list(output_format_params),
    }
    key = _key(content)
    known = SavedQuery.objects.filter(key=key).first()
    if known is None and SavedQuery.objects.count() >= settings.API_SAVED:
        raise NoRoom
    return known or SavedQuery.objects.get_or_create(key=key, defaults=content)[0]


def find_query(key: str) -> SavedQuery | None:
    return SavedQuery.objects.filter(key=key).first() if _KEY.fullmatch(key) else None


def _key(content: Mapping[str, Any]) -> str:
    told = json.dumps(content, sort_keys=True).encode()
    return b32encode(hashlib.sha256(told).digest())[:16].decode().lower()
