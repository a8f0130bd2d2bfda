"""Where mail goes: to the mail server, or in demo and training into a mailbox that a page shows.

Both are backends of Django (`EMAIL_BACKEND`). The server's tells apart a failure before the mail was handed over
from one after it, when nobody can know whether it will arrive.
"""

import mailbox
import smtplib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


class Unanswered(Exception):
    """The mail was handed over and the connection broke before the server said yes or no."""


class _Careful(smtplib.SMTP):
    def data(self, msg: object) -> tuple[int, bytes]:
        try:
            return super().data(msg)  # type: ignore[arg-type]
        except (OSError, smtplib.SMTPServerDisconnected) as broken:
            self.close()
            raise Unanswered(str(broken)) from broken


class _CarefulSsl(_Careful, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte (port 465)."""


class Server(EmailBackend):
    """The mail server of the settings. A connection it has closed meanwhile is opened again before the next mail."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _CarefulSsl if self.use_ssl else _Careful

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.connection and not self._answers():
            self.close()
            self.open()
        return super().send_messages(email_messages)

    def _answers(self) -> bool:
        try:
            return self.connection is not None and bool(self.connection.noop()[0] == 250)
        except (OSError, smtplib.SMTPException):
            return False


class Mailbox(BaseEmailBackend):
    """Keeps mail in a Maildir under the workspace instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        box = development_mailbox()
        for message in email_messages:
            box.add(message.message().as_bytes())
        return len(email_messages)


def development_mailbox() -> mailbox.Maildir:
    """The mailbox of the installation, made on first use."""
    folder = Path(settings.WORKSPACE) / "data" / "mailbox"
    folder.parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(folder, create=True)
