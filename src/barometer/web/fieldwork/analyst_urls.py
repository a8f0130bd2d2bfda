"""Addresses of the analyst's pages, under /staff/."""

from django.urls import path

from barometer.web.fieldwork.views.analyst import (
    answers,
    coding,
    coding_agreement,
    coding_schemes,
    coding_texts,
    corrections,
)

_CODING = "staff/collections/<int:pk>/coding/"
urlpatterns = [
    path("staff/collections/<int:pk>/answers/", answers.answers, name="answers"),
    path("staff/collections/<int:pk>/answers/export/", answers.export, name="export_answers"),
    path("staff/collections/<int:pk>/answers/check/", corrections.suspicious, name="suspicious"),
    path("staff/collections/<int:pk>/answers/case/", corrections.answer_case, name="answer_case"),
    path("staff/collections/<int:pk>/answers/case/<str:case_id>/", corrections.case_answers, name="case_answers"),
    path("staff/collections/<int:pk>/answers/case/<str:case_id>/<str:name>/", corrections.correct, name="correct"),
    path("staff/collections/<int:pk>/answers/corrections/<int:edit>/", corrections.withdraw, name="withdraw_edit"),
    path(_CODING, coding.overview, name="coding"),
    path(f"{_CODING}take-in/", coding.take_in_answers, name="coding_take_in"),
    path(f"{_CODING}originals/", coding_texts.originals, name="coding_originals"),
    path(f"{_CODING}<str:name>/next/", coding.go_on, name="coding_next"),
    path(f"{_CODING}<str:name>/answer/<int:coding>/", coding.code, name="coding_answer"),
    path(f"{_CODING}<str:name>/scheme/", coding_schemes.scheme, name="coding_scheme"),
    path(f"{_CODING}<str:name>/scheme/start/", coding_schemes.start, name="coding_start"),
    path(f"{_CODING}<str:name>/scheme/upload/", coding_schemes.upload, name="coding_upload"),
    path(f"{_CODING}<str:name>/scheme/publish/", coding_schemes.publish, name="coding_publish"),
    path(f"{_CODING}<str:name>/scheme/drop/", coding_schemes.drop, name="coding_drop"),
    path(f"{_CODING}<str:name>/scheme/work/", coding_schemes.work, name="coding_work"),
    path(f"{_CODING}<str:name>/scheme/<int:number>.<str:ending>", coding_schemes.download, name="coding_download"),
    path(f"{_CODING}<str:name>/agreement/", coding_agreement.agreement, name="coding_agreement"),
    path(f"{_CODING}<str:name>/settle/", coding_agreement.go_on, name="coding_settle"),
    path(f"{_CODING}<str:name>/settle/<uuid:key>/", coding_agreement.settle, name="coding_dispute"),
    path(f"{_CODING}<str:name>/texts/", coding_texts.go_on, name="coding_texts"),
    path(f"{_CODING}<str:name>/texts/<uuid:key>/", coding_texts.text, name="coding_text"),
]
