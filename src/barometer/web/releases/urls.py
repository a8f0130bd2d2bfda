"""Addresses of releases: the public's, and under /staff/ those of the people who vote."""

from django.urls import path

from barometer.web.releases.staff_urls import urlpatterns as staff_pages
from barometer.web.releases.views import public

app_name = "releases"
urlpatterns = [
    path("", public.editions, name="editions"),
    path("editions/<str:folder>/", public.page, name="current"),
    path("editions/<str:folder>/releases/<int:number>/", public.page, name="release"),
    path("editions/<str:folder>/releases/<int:number>/<path:path>", public.page, name="release_file"),
    path("editions/<str:folder>/<path:path>", public.page, name="current_file"),
    *staff_pages,
]
