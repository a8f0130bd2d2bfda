"""Addresses in letters, and the mailbox of demo and training."""

from django.urls import path

from barometer.web.fieldwork.views.mail.mailbox import mail, mailbox
from barometer.web.fieldwork.views.mail.stop import stop

urlpatterns = [
    path("mail/<uuid:message>/<str:secret>/stop", stop, name="stop-mail"),
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<str:key>", mail, name="mail"),
]
