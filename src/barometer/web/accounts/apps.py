from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "barometer.web.accounts"
    label = "accounts"
