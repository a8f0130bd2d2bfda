"""The ballot."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from barometer.web.accounts.forms import StaffForm


class VoteForm(StaffForm):
    agrees = forms.TypedChoiceField(
        label=_("Your vote"),
        choices=[("yes", _("I agree: it may be published at its minute")), ("no", _("I refuse"))],
        coerce=lambda word: word == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2_000,
        help_text=_("Needed to refuse. The others see it when all votes are in."),
        widget=forms.Textarea({"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("agrees") is False and not given.get("reason", "").strip():
            self.add_error("reason", ValidationError(_("Say why you refuse.")))
        return given
