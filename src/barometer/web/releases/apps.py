from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "barometer.web.releases"
    label = "releases"
