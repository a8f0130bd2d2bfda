"""No more mail: the page behind a letter's last link, and the button mail programs show (RFC 8058)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from barometer.web.fieldwork.actions.mail import unsubscribe
from barometer.web.fieldwork.queries.letter_links import find_message, letter_page


@csrf_exempt  # mail programs post without ever having seen the page; the address itself is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, message: UUID, secret: str) -> HttpResponse:
    """GET asks, POST does it. Looking changes nothing, so that scanners of links unsubscribe nobody."""
    found = find_message(message, secret)
    if found is None:
        return render(request, "fieldwork/mail/unknown.html", status=404)
    if request.method == "POST":
        unsubscribe(found)
    page = letter_page(found)
    with override(page.language):
        response = render(request, "fieldwork/mail/stop.html", {"page": page})
        response["Referrer-Policy"] = "no-referrer"
        return response
