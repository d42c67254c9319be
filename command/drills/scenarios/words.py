"""What the pages of scenarios call things: English message ids, translated where they are shown."""

from collections.abc import Mapping

from flask_babel import gettext

from command.core.problems import N_
from command.drills.words import EVENTS, METHODS, MODES, SUBJECTS
from command.people.language import language
from playbooks.notices import NoticeKind
from playbooks.scenario import Fact, Measure, Sign
from playbooks.schema import Kind
from playbooks.texts import Text

__all__ = ["EVENTS", "METHODS", "MODES", "SUBJECTS"]

KINDS = {
    Kind.natural_disaster: N_("Natural disaster"),
    Kind.network_fault: N_("Network fault"),
    Kind.service_interruption: N_("Service interruption"),
    Kind.complaint_surge: N_("Complaint surge"),
    Kind.information_security: N_("Information security"),
}
NOTICES = {
    NoticeKind.first: N_("First notice"),
    NoticeKind.update: N_("Update"),
    NoticeKind.all_clear: N_("All-clear"),
    NoticeKind.correction: N_("Correction"),
    NoticeKind.missed: N_("For those never reached"),
}
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
FACTS = {
    Fact.time_to_report: N_("first inject until the report"),
    Fact.time_to_grade: N_("report until the grade"),
    Fact.time_to_activate: N_("report until the response is activated"),
    Fact.time_to_acknowledge: N_("first page until it is acknowledged"),
    Fact.time_to_first_notice: N_("report until the first notice is submitted"),
    Fact.tasks_done: N_("share of the tasks that are done"),
    Fact.clocks_met: N_("share of the clocks that are met"),
}


def sign(given: Sign, titles: Mapping[str, Text]) -> str:
    """A sign in the reader's language; `titles` are those of tasks by code."""
    what: str = gettext(EVENTS[given.event])
    details = list[str]()
    if given.task is not None:
        title = titles.get(given.task)
        details.append((title.zh if language() == "zh" else title.en) if title else given.task)
    if given.notice is not None:
        details.append(gettext(NOTICES[given.notice]))
    if given.inject is not None:
        details.append(gettext(N_("inject %(number)s"), number=given.inject))
    if given.choice is not None:
        details.append(given.choice)
    if given.tier is not None:
        details.append(gettext(TIERS[given.tier]))
    if not details:
        return what
    inside = str(gettext(N_(", "))).join(details)
    return f"{what}（{inside}）" if language() == "zh" else f"{what} ({inside})"


def measure(given: Measure) -> str:
    """What an objective demands, in the reader's language."""
    fact = gettext(FACTS[given.fact])
    if given.at_least is not None:
        return str(gettext(N_("%(fact)s: at least %(share)s %%"), fact=fact, share=f"{given.at_least * 100:g}"))
    return str(gettext(N_("%(fact)s: within %(minutes)s min"), fact=fact, minutes=f"{given.within_minutes:g}"))
