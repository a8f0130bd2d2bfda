"""The mailbox of demo and training: every mail the installation would have sent, with working links."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from barometer.web.fieldwork.queries.mailbox import find_mail, mails


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    _only_here()
    number = request.GET.get("page", "1")
    page = mails(int(number) if number.isdecimal() and len(number) < 7 else 1)
    return render(request, "fieldwork/mail/mailbox.html", {"page": page})


@never_cache
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as its reader sees it, and as plain text."""
    _only_here()
    found = find_mail(key)
    if found is None:
        raise Http404
    return render(request, "fieldwork/mail/mail.html", {"mail": found})


def _only_here() -> None:
    """The pages exist only where mail goes to the mailbox: elsewhere nobody may read others' mail."""
    if not settings.DEVELOPMENT_MAILBOX:
        raise Http404
