"""How a report says things in one language, inside and outside of a request. Figures are written as the overview writes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from command.insights import rates
from command.insights.rates import Rate
from command.people.language import LOCALES, catalogue

Counts = Mapping[str, int]
"""A rate as JSON keeps it: `good` of `of`."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A language with its catalogue, and the zone in which times are told."""

    language: str
    translate: Callable[[str], str]
    zone: ZoneInfo

    def gettext(self, text: str, **values: Any) -> str:
        """A message of the catalogues, its places filled."""
        said = self.translate(text)
        return said % values if values else said

    def word(self, text: str) -> str:
        """A message that stands elsewhere in the code."""
        return self.translate(text)

    def named(self, both: Mapping[str, str]) -> str:
        """A name that is there in both languages; the other one where this one is empty."""
        return both[self.language] or both["en" if self.language == "zh" else "zh"]

    def count(self, number: float) -> str:
        """A whole number in the language's form."""
        return str(format_decimal(round(number), locale=LOCALES[self.language]))

    def rate(self, counts: Counts) -> str:
        """97.9 % (47 / 48); n/a for nothing."""
        if not counts["of"]:
            return self.gettext("n/a")
        shown = rates.words(Rate(counts["good"], counts["of"], 0).tenths)
        return f"{shown} ({self.count(counts['good'])} / {self.count(counts['of'])})"

    def took(self, seconds: float | None) -> str:
        """4:05:09 for a span in seconds; n/a for none."""
        if seconds is None:
            return self.gettext("n/a")
        whole = int(seconds)
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"

    def moment(self, at: str | None) -> str:
        """An instant, kept as ISO text, on the zone's wall clock; a dash for none."""
        return f"{datetime.fromisoformat(at).astimezone(self.zone):%Y-%m-%d %H:%M}" if at else "—"

    def change(self, now: float, before: float) -> str:
        """+3, −2, ±0: from the period before to this one."""
        difference = round(now) - round(before)
        sign = "+" if difference > 0 else "−" if difference < 0 else "±"
        return sign + self.count(abs(difference))


def speech(language: str, zone: ZoneInfo) -> Speech:
    """How things are said in zh or en."""
    return Speech(language, catalogue(language), zone)
