"""Forms of staff pages. Fields look like the design system's; their messages are Django's, in the four languages."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from barometer.web.accounts.models import User
from barometer.web.accounts.roles import ROLES


class StaffForm(forms.Form):
    """A form whose inputs carry the design system's class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            field.widget.attrs["class"] = "ds-input"


class LoginForm(StaffForm):
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class CodeForm(StaffForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        help_text=_("Six digits from the app on your phone, or one of your backup codes."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split()).lower()


class PasswordForm(StaffForm):
    old = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new"].help_text = " ".join(password_validators_help_texts())

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if not self.user.check_password(old):
            raise ValidationError(_("This is not your present password."))
        return old

    def clean_new(self) -> str:
        new = str(self.cleaned_data["new"])
        validate_password(new, self.user)
        return new


class LanguageForm(StaffForm):
    language = forms.ChoiceField(label=_("Language of these pages"), choices=settings.LANGUAGES)


class PersonForm(StaffForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"))

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody with this address is here already."))
        return email


ROLE_NAMES = {
    "author": _("Author: publishes questionnaires"),
    "field_manager": _("Field manager: runs collections and sees contacts"),
    "contact_handler": _("Contact handler: sees contacts, enters answers by phone and paper"),
    "analyst": _("Analyst: sees pseudonymised answers"),
    "coder": _("Coder: codes open answers"),
    "custodian": _("Custodian: may look up open answers as they were written"),
    "approver": _("Approver: votes on releases before they are published"),
    "auditor": _("Auditor: reads the log"),
    "manager": _("Manager: everything, and people's roles"),
}


class RoleForm(StaffForm):
    role = forms.ChoiceField(label=_("Role"), choices=[(name, ROLE_NAMES[name]) for name in ROLES])
    edition = forms.CharField(
        label=_("Edition"), required=False, max_length=80, help_text=_("Its id; empty means every edition.")
    )
