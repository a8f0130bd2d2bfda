from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "barometer.web.fieldwork"
    label = "fieldwork"
