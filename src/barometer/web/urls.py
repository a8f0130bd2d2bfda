"""Addresses. /l/ and /r/ are respondents', /staff/ is the survey team's."""

from django.urls import include, path

urlpatterns = [
    path("staff/", include("barometer.web.accounts.urls")),
    path("", include("barometer.web.fieldwork.urls")),
]
