"""Forms of the field manager's pages."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from barometer.web.accounts.forms import StaffForm
from barometer.web.fieldwork.contacts_file import LONGEST
from barometer.web.fieldwork.letters import letter_names
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.predicates import UNANSWERED
from barometer.web.fieldwork.queries.cases import strata_of
from barometer.web.fieldwork.states import CASE, can
from barometer.web.fieldwork.views.staff.words import LETTERS, OUTCOMES

LANGUAGE_NAMES = dict(settings.LANGUAGES)
COLUMN_NAMES = {
    "unit": _("Unit id"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "phone": _("Phone"),
    "language": _("Language"),
}


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


def end_of(day: date, collection: Collection) -> datetime:
    """The last minute of a day where the collection is."""
    return datetime.combine(day, time(23, 59), tzinfo=ZoneInfo(collection.time_zone))


class LaunchForm(StaffForm):
    closes_on = DayField(label=_("Last day to answer"))
    sender = forms.CharField(
        label=_("Sender of letters"), max_length=254, help_text=_("As 'Name <address>'; answers to letters go there.")
    )
    help_contact = forms.CharField(
        label=_("Help for respondents"),
        max_length=254,
        help_text=_("One line with phone or e-mail address, shown on every page."),
    )


class ExtendForm(StaffForm):
    closes_on = DayField(label=_("New last day to answer"))


class CloseForm(StaffForm):
    partial_share = forms.IntegerField(
        label=_("Answered at least, in per cent"),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_(
            "Of the questions on the respondent's path. What reaches this is kept as partial, the rest as break-off. "
            "AAPOR counts 50 to 80 per cent as partial."
        ),
    )


class DeletionForm(StaffForm):
    """The last day of each store; a quarter, half a year and a year after the end where none is set."""

    contacts = DayField(label=_("Names, addresses and letters are kept until"))
    link = DayField(label=_("Whose answers are whose is known until"))
    paradata = DayField(label=_("Pages, times and languages are kept until"))
    texts = DayField(label=_("Answers in own words are kept as they were written until"))

    def __init__(self, collection: Collection, *args: Any, **kwargs: Any) -> None:
        days = {"contacts": 91, "link": 183, "paradata": 365, "texts": 365}
        self.ends = timezone.localdate(collection.closes_at) if collection.closes_at else timezone.localdate()
        usual = {store: self.ends + timedelta(days=after) for store, after in days.items()}
        is_set = {store: getattr(collection, f"{store}_until") for store in days}
        kwargs["initial"] = {store: is_set[store] or usual[store] for store in days}
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        for store in ("contacts", "link"):
            if (day := self.cleaned_data.get(store)) and day < self.ends:
                self.add_error(store, _("While people can answer, this is needed. Choose a later day."))


def told_day(collection: Collection, store: str) -> date | None:
    """The day respondents were told, where they were told one: while the collection is not a draft any more."""
    told = store in ("contacts", "link") and collection.status != "draft"
    day: date | None = getattr(collection, f"{store}_until") if told else None
    return day


class UploadForm(StaffForm):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, at most 10 MB and 60,000 rows; the first row has the column names.")
    )
    source = forms.CharField(
        label=_("Where the addresses come from"),
        max_length=200,
        help_text=_("Stands in the first letter, as the law asks (GDPR, article 14): 'the register of enterprises'."),
    )


class ColumnsForm(StaffForm):
    """Which header is which column; '' for none."""

    def __init__(self, headers: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LONGEST:
            self.fields[name] = forms.ChoiceField(
                label=COLUMN_NAMES[name],
                required=name == "unit",
                choices=[("", "–"), *((header, header) for header in headers)],
            )
            self.fields[name].widget.attrs["class"] = "ds-input"


class ContactForm(StaffForm):
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"))
    source = forms.CharField(label=_("Where the address comes from"), max_length=200)
    new_link = forms.BooleanField(
        label=_("Make link and code sent before worthless"), required=False, help_text=_("Tick it for another person.")
    )

    def __init__(self, collection: Collection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_of(collection)  # type: ignore[attr-defined]


class DispositionForm(StaffForm):
    code = forms.ChoiceField(label=_("What happened"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For colleagues. No answers, nothing about health or opinions."),
    )

    def __init__(self, state: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        becomes = {"refused": "refused", "unable": "refused", "ineligible": "ineligible"}
        choices = [(code, OUTCOMES[code]) for code, then in becomes.items() if can(CASE, state, then)]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]


class EntryForm(StaffForm):
    mode = forms.ChoiceField(label=_("How"), choices=[("phone", _("By phone")), ("paper", _("From paper"))])
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, collection: Collection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_of(collection)  # type: ignore[attr-defined]


class RuleForm(StaffForm):
    """A rule as people think of it; `predicate` gives the typed condition it means."""

    name = forms.CharField(label=_("Name of the rule"), max_length=80)
    letter = forms.ChoiceField(label=_("Letter"))
    channel = forms.ChoiceField(label=_("Sent by"), choices=[("mail", _("E-mail")), ("paper", _("Paper letter"))])
    send_on = DayField(label=_("Day"))
    send_time = forms.TimeField(
        label=_("Time"), initial=time(9, 0), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    states = forms.MultipleChoiceField(
        label=_("To those who"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everybody who has not answered."),
    )
    strata = forms.MultipleChoiceField(
        label=_("Only in these strata"),
        required=False,
        widget=forms.SelectMultiple({"size": 5}),
        help_text=_("None chosen: all."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Only in these languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all."),
    )
    days = forms.IntegerField(
        label=_("Days since the last letter, at least"), required=False, min_value=0, max_value=400
    )
    once = forms.BooleanField(label=_("Only if this letter was not sent to them before"), required=False, initial=True)

    def __init__(self, collection: Collection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collection = collection
        names = [name for name in letter_names(collection) if name not in ("receipt", "colleague", "transfer")]
        choices: dict[str, list[tuple[str, Any]]] = {
            "letter": [(name, LETTERS.get(name, name)) for name in names],
            "states": [(state, OUTCOMES["not_invited" if state == "new" else state]) for state in UNANSWERED],
            "strata": [(stratum, stratum) for stratum in strata_of(collection)],
            "languages": languages_of(collection),
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def send_at(self) -> datetime:
        cleaned = self.cleaned_data
        zone = ZoneInfo(self.collection.time_zone)
        return max(datetime.combine(cleaned["send_on"], cleaned["send_time"], tzinfo=zone), timezone.now())

    def predicate(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        named = {"state": cleaned["states"], "stratum": cleaned["strata"], "language": cleaned["languages"]}
        conditions: list[dict[str, Any]] = [{key: chosen} for key, chosen in named.items() if chosen]
        if cleaned["days"] is not None:
            conditions.append({"days_since_sent": cleaned["days"]})
        if cleaned["once"]:
            conditions.append({"not_sent": [cleaned["letter"]]})
        return {"all": conditions}


def languages_of(collection: Collection) -> list[tuple[str, str]]:
    return [(language, LANGUAGE_NAMES.get(language, language)) for language in collection.languages]
