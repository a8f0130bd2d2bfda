"""Addresses of fieldwork."""

from django.urls import include, path

app_name = "fieldwork"
urlpatterns = [
    path("", include("barometer.web.fieldwork.respondent_urls")),
    path("", include("barometer.web.fieldwork.mail_urls")),
    path("", include("barometer.web.fieldwork.staff_urls")),
    path("", include("barometer.web.fieldwork.analyst_urls")),
]
