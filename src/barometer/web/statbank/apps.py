from django.apps import AppConfig


class StatbankConfig(AppConfig):
    name = "barometer.web.statbank"
    label = "statbank"
