"""What the API answers when it cannot do what was asked (RFC 9457): always all that is wrong, with what is valid."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import JsonResponse

from barometer.problems import suggestion

MOST_LISTED = 200
"""Valid values that an answer lists."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the variable or parameter, what was given for it, and what is valid."""

    variable: str
    value: str
    detail: str
    valid: tuple[str, ...] = ()


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, title: str, detail: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(title)
        self.status, self.title, self.faults = status, title, tuple(faults)
        self.detail = detail or " ".join(one.detail for one in faults)
        self.headers: dict[str, str] = {}


def unknown(variable: str, value: str, valid: Sequence[str], what: str = "value") -> Fault:
    """A fault that names the valid values, and the one that was meant if it is near."""
    listed = ", ".join(valid[:MOST_LISTED]) + (", …" if len(valid) > MOST_LISTED else "")
    near = suggestion(value, valid)
    detail = f"{variable}: there is no {what} '{value}'; valid: {listed}." + (f" {near}" if near else "")
    return Fault(variable, value, detail, tuple(valid[:MOST_LISTED]))


def not_found(what: str, identity: str, valid: Sequence[str]) -> Refusal:
    return Refusal(404, f"There is no such {what}.", faults=[unknown(what, identity, valid, what)])


def answer(refusal: Refusal, instance: str) -> JsonResponse:
    """The refusal as problem+json. `type` is about:blank: the title says it all."""
    told: dict[str, object] = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": instance,
    }
    if refusal.faults:
        first = refusal.faults[0]
        told |= {"variable": first.variable, "value": first.value, "valid": list(first.valid)}
        told["errors"] = [
            {"variable": one.variable, "value": one.value, "detail": one.detail, "valid": list(one.valid)}
            for one in refusal.faults
        ]
    return JsonResponse(told, status=refusal.status, content_type="application/problem+json", headers=refusal.headers)
