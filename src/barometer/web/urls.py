"""Addresses. /l/ and /r/ are respondents', /staff/ is the survey team's, / and /editions/ are the public's."""

from django.urls import include, path

urlpatterns = [
    path("staff/", include("barometer.web.accounts.urls")),
    path("", include("barometer.web.fieldwork.urls")),
    path("", include("barometer.web.statbank.urls")),
    path("", include("barometer.web.releases.urls")),
]
