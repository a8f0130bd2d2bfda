"""Links and codes: made from a key when they are needed, kept as hashes only.

A token is HMAC-SHA-256 over what it opens, so the same link can be written again in a reminder and nobody who
reads the database can open a questionnaire. 160 bits; Crockford's base 32, lower case, survives line breaks and
being read aloud. A code is 12 of the same symbols, the last a check, in groups of four: for letters and phones.
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings

SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz"


def token(reference: object, role: str, generation: int, extra: str = "") -> str:
    """The link's secret part for a case: 32 symbols."""
    return _symbols(_keyed("token", reference, role, generation, extra), 32)


def code(reference: object, generation: int) -> str:
    """The short code of a case as printed: 'abcd-efgh-jkm7'."""
    body = _symbols(_keyed("code", reference, generation), 11)
    whole = body + _check_symbol(body)
    return f"{whole[:4]}-{whole[4:8]}-{whole[8:]}"


def link(secret: str) -> str:
    """The full address that a token opens."""
    return f"{settings.BASE_URL}/l/{secret}"


def mail_token(message: UUID) -> str:
    """What shows that somebody has the mail in front of them: its id alone stands in headers others see."""
    return token(message, "mail", 1)


def case_number(collection: int, unit_id: str, attempt: int = 0) -> str:
    """What people call a case on the phone: nine symbols, the last a check, in no order. Opens nothing."""
    body = _symbols(_keyed("case number", collection, unit_id, attempt), 8)
    return body + _check_symbol(body)


def read_code(typed: str) -> str | None:
    """The code in one spelling, or None where it cannot be one. Forgives case, blanks, hyphens and look-alikes."""
    plain = "".join(symbol for symbol in typed.lower() if symbol.isalnum())
    plain = plain.replace("o", "0").replace("i", "1").replace("l", "1")
    if len(plain) != 12 or any(symbol not in SYMBOLS for symbol in plain) or _check_symbol(plain[:11]) != plain[11]:
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def hashed(secret: str) -> str:
    """What the database keeps of a token or code. Keyed, so that short codes cannot be tried against a stolen table."""
    return _keyed("kept", secret).hex()


def public_id() -> str:
    """A new name for a response in addresses: opens nothing by itself, but cannot be guessed either."""
    return secrets.token_urlsafe(16)


def _keyed(*parts: object) -> bytes:
    if not settings.LINK_KEY:
        raise RuntimeError("BAROMETER_LINK_KEY is not set: links cannot be made without it")
    return hmac.digest(settings.LINK_KEY.encode(), "\0".join(map(str, parts)).encode(), hashlib.sha256)


def _symbols(digest: bytes, count: int) -> str:
    number = int.from_bytes(digest, "big")
    return "".join(SYMBOLS[(number >> (5 * place)) & 31] for place in range(count))


def _check_symbol(body: str) -> str:
    """Weighted sum modulo 31 of the symbols: finds a wrong symbol and two that changed places."""
    return SYMBOLS[sum((place + 2) * SYMBOLS.index(symbol) for place, symbol in enumerate(body)) % 31]
