"""Addresses of the analyst's pages, under /staff/."""

from django.urls import path

from barometer.web.fieldwork.views.analyst import answers

urlpatterns = [
    path("staff/collections/<int:pk>/answers/", answers.answers, name="answers"),
    path("staff/collections/<int:pk>/answers/export/", answers.export, name="export_answers"),
]
