"""Addresses of staff's own pages, under /staff/."""

from django.urls import path

from barometer.web.accounts.views import account, log, login, people

app_name = "accounts"
urlpatterns = [
    path("login/", login.log_in, name="login"),
    path("login/code/", login.second_factor, name="second_factor"),
    path("logout/", login.log_out, name="logout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/language/", account.language, name="language"),
    path("account/backup-codes/", account.backup_codes, name="backup_codes"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="add_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/role/", people.role, name="role"),
    path("people/<int:pk>/active/", people.active, name="active"),
    path("people/<int:pk>/second-factor/", people.second_factor, name="reset_second_factor"),
    path("log/", log.log, name="log"),
    path("log/check/", log.check_log, name="check_log"),
]
