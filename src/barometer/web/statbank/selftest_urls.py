"""Addresses of the public self-test, below a language."""

from django.urls import path

from barometer.web.statbank.views import selftest, selftest_groups

app_name = "selftest"
urlpatterns = [
    path("", selftest.tests, name="tests"),
    path("<str:folder>/", selftest.start, name="start"),
    path("<str:folder>/p/<str:page_id>", selftest.page, name="page"),
    path("<str:folder>/result", selftest.result, name="result"),
    path("<str:folder>/kept/<str:answers>", selftest.kept, name="kept"),
    path("<str:folder>/forget", selftest.forget, name="forget"),
    path("<str:folder>/groups/new", selftest_groups.new, name="new-group"),
    path("<str:folder>/groups/hand-in", selftest_groups.give, name="hand-in"),
    path("<str:folder>/groups/<str:code>/join", selftest_groups.join, name="join"),
    path("<str:folder>/groups/<str:code>/", selftest_groups.seen, name="group"),
    path("<str:folder>/groups/<str:code>/counts.json", selftest_groups.seen_json, name="group-json"),
    path("<str:folder>/groups/<str:code>/organiser/<str:key>", selftest_groups.organiser, name="organiser"),
]
