"""The header of staff pages."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from barometer.web.accounts.queries import may_anywhere
from barometer.web.accounts.roles import Permission

register = template.Library()


@register.inclusion_tag("accounts/header.html", takes_context=True)
def staff_header(context: dict[str, Any]) -> dict[str, Any]:
    """Name of the house, menu with what the person may see, search, and the way out."""
    request = context["request"]
    match = request.resolver_match
    here = "fieldwork"
    if match and match.app_name == "accounts":
        here = (
            "log" if "log" in match.url_name else "account" if match.url_name in ("account", "password") else "people"
        )
    if match and match.app_name == "releases":
        here = "releases"
    if match and match.app_name == "statbank":
        here = "feedback"
    return {
        "approves": may_anywhere(request.user, Permission.APPROVE),
        "csrf_token": context.get("csrf_token"),
        "manages": may_anywhere(request.user, Permission.MANAGE),
        "audits": may_anywhere(request.user, Permission.AUDIT),
        "sees": may_anywhere(request.user, Permission.SEE),
        "here": here,
    }


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 with one decimal, as the language writes it; a dash where there is none."""
    if share is None:
        return "–"
    return f"{number_format(round(share * 100, 1), decimal_pos=1)}{'%' if get_language() == 'en' else ' %'}"


@register.filter
def count(number: float | None) -> str:
    """A whole number with the language's mark between thousands."""
    return "–" if number is None else number_format(round(number), force_grouping=True)


@register.filter
def bar(share: float | None) -> str:
    """A share as a width from 0 to 100, whatever the language."""
    return f"{min(max(share or 0.0, 0.0), 1.0) * 100:.1f}"


@register.filter
def entry(table: Mapping[str, Any], key: str) -> Any:
    """What a table has under a key; the key itself where it has nothing."""
    return table.get(key, key)


@register.filter
def percent_whole(share: float) -> str:
    """A share as a whole per cent, for the scale of a drawing."""
    return f"{number_format(round(share * 100), decimal_pos=0)}{'%' if get_language() == 'en' else ' %'}"


@register.filter
def decimal(number: float | None) -> str:
    """A number with two decimals, as the language writes it."""
    return "–" if number is None else number_format(round(number, 2), decimal_pos=2)
