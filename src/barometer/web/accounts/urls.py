"""Addresses of staff's own pages, under /staff/."""

from django.urls import URLPattern

app_name = "accounts"
urlpatterns: list[URLPattern] = []
