"""The receipt by mail, to the address the questionnaire went to."""

from django.db import transaction

from barometer.web.fieldwork.actions.mail import enqueue
from barometer.web.fieldwork.models import Case, Contact, Response


@transaction.atomic
def mail_receipt(case: Case, response: Response) -> None:
    """Put it into the outbox, once a submission. It has number and time, not the answers: mail is read by others."""
    submission = response.submissions.order_by("-number").first()
    mains = Contact.objects.filter(case_reference=case.reference, role="main")
    contact = mains.exclude(state="replaced").exclude(email="").first()
    if submission is not None and contact is not None:
        once = f"receipt:{submission.receipt}"
        enqueue(contact=contact, case_reference=case.reference, letter="receipt", once=once)
