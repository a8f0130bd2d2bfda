"""Addresses of the statistics bank: the API in both versions, its description, pages for readers, published sites."""

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from barometer.web.statbank.views import builder, described, feedback, site, v1, v2, v2_data
from barometer.web.statbank.views.endpoint import KNOWN, nowhere


class LanguageConverter(StringConverter):
    """A language that the pages speak."""

    regex = "|".join(KNOWN)


register_converter(LanguageConverter, "language")

app_name = "statbank"
urlpatterns = [
    path("api/v2/config", v2.config, name="config"),
    path("api/v2/tables", v2.tables, name="api_tables"),
    path("api/v2/tables/<str:identity>", v2.table, name="api_table"),
    path("api/v2/tables/<str:identity>/metadata", v2.table_metadata, name="metadata"),
    path("api/v2/tables/<str:identity>/defaultselection", v2_data.default, name="default"),
    path("api/v2/tables/<str:identity>/data", v2_data.data, name="data"),
    path("api/v2/codelists/<str:identity>", v2.code_list, name="code_list"),
    path("api/v2/savedqueries", v2_data.save, name="save_query"),
    path("api/v2/savedqueries/<str:key>", v2_data.saved, name="saved_query"),
    path("api/v2/savedqueries/<str:key>/selection", v2_data.saved_selection, name="saved_selection"),
    path("api/v2/savedqueries/<str:key>/data", v2_data.saved_data, name="saved_data"),
    re_path(r"^api/v1/?$", v1.root, name="v1"),
    re_path(r"^api/v1/(?P<language>[^/]+)/?$", v1.editions, name="v1_editions"),
    re_path(r"^api/v1/(?P<language>[^/]+)/(?P<edition>[^/]+)/?$", v1.folder, name="v1_folder"),
    re_path(r"^api/v1/(?P<language>[^/]+)/(?P<edition>[^/]+)/(?P<identity>[^/]+)/?$", v1.table, name="v1_table"),
    path("api/openapi.json", described.openapi, name="openapi"),
    re_path(r"^api/(?P<path>.*)$", nowhere, name="nowhere"),
    path("<language:language>/tables/", builder.tables, name="tables"),
    path("<language:language>/tables/<str:identity>/", builder.table, name="table"),
    path("<language:language>/api/", described.page, name="api"),
    path("<language:language>/feedback/", feedback.give, name="feedback"),
    path("staff/feedback/", feedback.listed, name="feedback_list"),
    path("staff/feedback/feedback.csv", feedback.as_csv, name="feedback_csv"),
    path("staff/feedback/<int:pk>/delete/", feedback.delete, name="feedback_delete"),
    path("<language:language>/self-test/", include("barometer.web.statbank.selftest_urls")),
    path("", site.editions, name="editions"),
    path("<language:language>/", site.editions, name="front"),
    path("editions/<str:folder>/", site.page, name="current"),
    path("editions/<str:folder>/releases/<int:number>/", site.page, name="release"),
    path("editions/<str:folder>/releases/<int:number>/<path:path>", site.page, name="release_file"),
    path("editions/<str:folder>/<path:path>", site.page, name="current_file"),
]
