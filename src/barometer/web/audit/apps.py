from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "barometer.web.audit"
    label = "audit"
