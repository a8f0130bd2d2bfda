"""Addresses of releases that are voted on. Those that everyone sees are the statistics bank's."""

from django.urls import path

from barometer.web.releases.views import preview, vote

app_name = "releases"
urlpatterns = [
    path("staff/releases/", vote.candidates, name="candidates"),
    path("staff/releases/<int:pk>/", vote.candidate, name="candidate"),
    path("staff/releases/<int:pk>/vote/", vote.cast, name="vote"),
    path("staff/releases/<int:pk>/review/", preview.review, name="review"),
    path("staff/releases/<int:pk>/review/<path:path>", preview.review, name="review_file"),
    path("staff/releases/<int:pk>/preview/<int:number>/", preview.page, name="preview"),
    path("staff/releases/<int:pk>/preview/<int:number>/<path:path>", preview.page, name="preview_file"),
]
