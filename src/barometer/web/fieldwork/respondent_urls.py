"""Addresses of respondents: /l/ opens a link, /r/ is a response, /code takes the short code."""

from django.urls import path

from barometer.web.fieldwork.views.respondent import answer, arrival, colleagues, finish

urlpatterns = [
    path("code", arrival.code, name="code"),
    path("l/<str:secret>", arrival.link, name="link"),
    path("l/<str:secret>/refuse", arrival.refuse, name="refuse"),
    path("l/<str:secret>/other-person", arrival.hand_over, name="hand-over"),
    path("r/<str:public_id>/", answer.resume, name="resume"),
    path("r/<str:public_id>/p/<str:page_id>", answer.answer, name="page"),
    path("r/<str:public_id>/language", answer.language, name="language"),
    path("r/<str:public_id>/left", answer.left, name="left"),
    path("r/<str:public_id>/done", answer.done, name="done"),
    path("r/<str:public_id>/review", finish.review, name="review"),
    path("r/<str:public_id>/receipt", finish.receipt, name="receipt"),
    path("r/<str:public_id>/receipt/mail", finish.receipt_by_mail, name="receipt-mail"),
    path("r/<str:public_id>/take-up", finish.take_up, name="take-up"),
    path("r/<str:public_id>/take-back", finish.take_back, name="take-back"),
    path("r/<str:public_id>/colleagues", colleagues.colleagues, name="colleagues"),
    path("r/<str:public_id>/colleagues/<int:access_id>/revoke", colleagues.revoke, name="revoke-colleague"),
]
