"""What the pages and papers of an evaluation say of figures, states and parts, in the reader's language."""

from flask_babel import gettext

from command.core.problems import N_
from command.drills.evaluation.facts import SHARES, Figures, Share, Span
from command.drills.evaluation.models import Remarked
from command.drills.models import Part, State
from command.drills.words import MODES, SUBJECTS
from playbooks.scenario import Fact, Measure
from playbooks.texts import Text

__all__ = ["MODES", "SUBJECTS"]

FACTS: dict[Fact, str] = {
    Fact.time_to_report: N_("First inject → reported"),
    Fact.time_to_grade: N_("Reported → graded"),
    Fact.time_to_activate: N_("Reported → response activated"),
    Fact.time_to_acknowledge: N_("First page → acknowledged"),
    Fact.time_to_first_notice: N_("Reported → first notice submitted"),
    Fact.tasks_done: N_("Tasks done"),
    Fact.clocks_met: N_("Clocks met"),
}
STATES: dict[State, str] = {
    State.PLANNED: N_("planned"),
    State.READY: N_("ready to begin"),
    State.RUNNING: N_("running"),
    State.PAUSED: N_("paused"),
    State.ENDED: N_("over, to be evaluated"),
    State.STOPPED: N_("stopped, to be evaluated"),
    State.EVALUATED: N_("evaluated"),
    State.CANCELLED: N_("called off"),
    State.MISSED: N_("missed"),
}
PARTS: dict[Part, str] = {
    Part.PLAYER: N_("Players"),
    Part.CONTROLLER: N_("Controllers"),
    Part.EVALUATOR: N_("Evaluators"),
    Part.SUPERVISOR: N_("Supervisors"),
}
HOTWASH: dict[Remarked, str] = {
    Remarked.WELL: N_("What went well"),
    Remarked.BADLY: N_("What did not go well"),
    Remarked.DECISION: N_("What is to be decided or changed"),
}
BECAUSE: dict[str, str] = {
    "unless": N_("players had done it before"),
    "controller": N_("a controller skipped it"),
    "over": N_("the drill ended before it was due"),
    "person": N_("by a person"),
    "real": N_("a real incident of tier I or II goes on"),
    "stop_word": N_("by the stop word"),
    "real_event": N_("for a real event"),
}
"""Why an inject was skipped, and why a drill paused or stopped."""
BY: dict[str, str] = {
    "player": N_("by a player"),
    "alarms": N_("by alarms"),
    "controller": N_("by a controller in the players' place"),
}


def said(text: Text, language: str) -> str:
    """A text of a scenario in a language."""
    return text.zh if language == "zh" else text.en


def fact(found: Fact) -> str:
    """What a fact is called."""
    return str(gettext(FACTS[found]))


def part(found: Part) -> str:
    """What those with a part are called together."""
    return str(gettext(PARTS[found]))


def trainer() -> str:
    """What the trainer is called."""
    return str(gettext("Trainer"))


def because(code: str) -> str:
    """A reason the journal has as a code; what is not known stands as it is."""
    return str(gettext(BECAUSE[code])) if code in BECAUSE else code


def joined(code: str) -> str:
    """How an incident came to a drill."""
    return str(gettext(BY[code])) if code in BY else code


def minutes(count: float | None) -> str:
    """Minutes with one decimal below an hour; a dash for none."""
    if count is None:
        return "—"
    if count < 60:
        return str(gettext("%(minutes)s min", minutes=f"{count:.1f}"))
    whole = round(count)
    return str(gettext("%(hours)d h %(minutes)d min", hours=whole // 60, minutes=whole % 60))


def share(found: Share) -> str:
    """A share in whole percent, never rounded up, with its counts; n/a for nothing to count."""
    if not found.of:
        return str(gettext("n/a"))
    return f"{found.met * 100 // found.of}% ({found.met}/{found.of})"


def span(found: Span) -> str:
    """A span in minutes; what has not happened says so, and n/a where there was nothing to measure."""
    if found.minutes is None:
        return str(gettext("did not happen") if found.begun else gettext("n/a"))
    return minutes(found.minutes)


def value(figures: Figures, fact: Fact) -> str:
    """A fact as it was measured."""
    return share(figures.share(fact)) if fact in SHARES else span(figures.span(fact))


def demand(measure: Measure) -> str:
    """What an objective demands of its fact."""
    if measure.at_least is not None:
        return str(gettext("at least %(share)s", share=f"{round(measure.at_least * 100)}%"))
    return str(gettext("within %(minutes)s", minutes=minutes(measure.within_minutes)))


def exercise_time(second: float | None) -> str:
    """A second of exercise time as 0:07:30; a dash for none."""
    if second is None:
        return "—"
    whole = int(second)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
