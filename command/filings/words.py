"""What states and standings are called, and a value as people read it."""

from datetime import datetime, tzinfo

from command.core.problems import N_
from command.filings.computing import Raw
from command.filings.models import State
from command.filings.owing import Standing
from command.filings.typed import FIGURES, TIMES

STATES = {
    State.DRAFT: N_("Draft"),
    State.SUBMITTED: N_("Submitted"),
    State.SUPERSEDED: N_("Superseded by a correction"),
    State.VOID: N_("Void"),
}
STATE_TONES = {State.DRAFT: "warn", State.SUBMITTED: "ok", State.SUPERSEDED: "", State.VOID: ""}
STANDINGS = {
    Standing.NOT_ASKED: N_("Not asked for"),
    Standing.FORESEEN: N_("Expected to be owed"),
    Standing.WAITS: N_("Owed, its time has not begun"),
    Standing.OWED: N_("Owed"),
    Standing.LATE: N_("Late"),
    Standing.DONE: N_("Done"),
}
STANDING_TONES = {
    Standing.NOT_ASKED: "",
    Standing.FORESEEN: "accent",
    Standing.WAITS: "warn",
    Standing.OWED: "warn",
    Standing.LATE: "bad",
    Standing.DONE: "ok",
}
PROFILES = {"cn": N_("China"), "us": N_("United States"), "eu": N_("European Union")}


def shown(value: Raw, source: str, language: str, zone: tzinfo) -> str:
    """A value in a language: times on the clock of `zone` with its distance from UTC, figures with separators. Nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return value.get(language) or value.get("zh", "")
    if source in TIMES:
        return f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d %H:%M %z}"
    if source in FIGURES:
        return f"{int(value):,}"
    return str(value)


def editable(value: str, source: str, zone: tzinfo) -> str:
    """What a person wrote, as the form shows it to be changed."""
    if value and source in TIMES:
        at = datetime.fromisoformat(value).astimezone(zone)
        return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
    return value
