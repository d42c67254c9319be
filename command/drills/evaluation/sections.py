"""The report of a drill as sections of a paper, in the language that is in force: the page, the PDF and the DOCX say the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from flask_babel import gettext

from command.drills.evaluation import comparing, words
from command.drills.evaluation.comparing import Trend
from command.drills.evaluation.models import HOTWASH
from command.drills.evaluation.proposals import RATINGS, Rating
from command.drills.evaluation.report import Judged, Report, Said
from command.drills.evaluation.timeline import Moment
from command.drills.models import State
from command.improvement.models import ImprovementAction
from command.improvement.models import State as ActionState
from command.improvement.words import STATES as ACTION_STATES
from command.papers.paper import Block, Items, Pairs, Section, Table, Words
from playbooks.scenario import Fact, Mode, Subject

TRENDS = {Trend.BETTER: "↑", Trend.SAME: "=", Trend.WORSE: "↓", Trend.NONE: "—"}


def sections(
    found: Report, actions: Sequence[tuple[ImprovementAction, str]], language: str, zone: tzinfo
) -> list[Section]:
    """All sections in order; `actions` come with the name of their owner."""
    nothing = str(gettext("Nothing."))
    return [
        Section("summary", str(gettext("Summary")), [_summary(found, language, zone)]),
        Section("objectives", str(gettext("Objectives and ratings")), list(_objectives(found))),
        Section("facts", str(gettext("What the run measured")), list(_facts(found))),
        Section("timeline", str(gettext("Timeline")), [_timeline(found.moments, zone)], nothing),
        Section("notes", str(gettext("Observers' notes")), [_notes(found)], nothing),
        Section("hotwash", str(gettext("Hotwash")), list(_hotwash(found)), nothing),
        Section("skipped", str(gettext("What was skipped, and why")), [_skipped(found)], nothing),
        Section("resources", str(gettext("Resources used")), [_resources(found.resources)], nothing),
        Section(
            "earlier",
            str(gettext("Beside earlier drills")),
            [_earlier(found, language, zone)],
            str(gettext("There is no earlier drill of this scenario or subject.")),
        ),
        Section(
            "actions",
            str(gettext("Improvement actions")),
            [_actions(actions)],
            str(gettext("No improvement action has been made yet.")),
        ),
    ]


def moment(at: datetime | None, zone: tzinfo) -> str:
    """An instant on the reader's clock with its distance from UTC; a dash for none."""
    if at is None:
        return "—"
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S (UTC%z)}"


def rated(rating: Rating | None) -> str:
    """A rating with its words; says that it is open where there is none."""
    if rating is None:
        return str(gettext("not rated"))
    return f"{rating.value} · {gettext(RATINGS[rating])}"


def _summary(found: Report, language: str, zone: tzinfo) -> Pairs:
    drill, figures = found.drill, found.figures
    why = f" ({words.because(drill.reason)})" if drill.state == State.STOPPED and drill.reason else ""
    scenario = gettext("%(name)s, version %(version)d", name=_name(found, language), version=found.scenario.version)
    rows = [
        (gettext("Drill"), f"{drill.code} · {drill.name}"),
        (gettext("Scenario"), scenario),
        (gettext("Goal"), words.said(found.scenario.goal, language)),
        (gettext("Subject"), gettext(words.SUBJECTS[Subject(drill.subject)])),
        (gettext("Mode"), gettext(words.MODES[Mode(drill.mode)])),
        (gettext("Area"), found.area),
        (gettext("Time of the drill"), f"{moment(drill.began_at, zone)} – {moment(found.over_at, zone)}"),
        (gettext("Exercise time"), words.minutes(figures.exercise_minutes)),
        (gettext("Paused"), words.minutes(figures.paused_minutes)),
        (gettext("State"), f"{gettext(words.STATES[State(drill.state)])}{why}"),
        (gettext("Ratings"), _tally(found.objectives)),
        (gettext("Exercise incidents"), ", ".join(found.incidents) or "—"),
        *((title, gettext(", ").join(people)) for title, people in found.parts),
    ]
    if found.signed:
        rows.append((gettext("Signed"), f"{found.signed.person}, {moment(found.signed.at, zone)}"))
        rows.append((gettext("Words of the trainer"), found.signed.words or "—"))
    return Pairs([(str(title), str(value)) for title, value in rows])


def _name(found: Report, language: str) -> str:
    return words.said(found.scenario.name, language)


def _tally(objectives: Sequence[Judged]) -> str:
    counts = [(rating, sum(each.final == rating for each in objectives)) for rating in Rating]
    told = [f"{rating.value} {count}" for rating, count in counts if count]
    if waiting := sum(each.final is None for each in objectives):
        told.append(str(gettext("not rated %(count)d", count=waiting)))
    return " · ".join(told)


def _objectives(found: Report) -> Iterator[Block]:
    head = [gettext("Objective"), gettext("Measured"), gettext("Proposal of the run"), gettext("Evaluators")]
    rows = [
        [
            f"{each.number}. {each.text}",
            f"{each.fact}: {each.measured} ({each.demand})" if each.fact else "—",
            each.proposal.value if each.proposal else "—",
            "\n".join(_opinions(each)) or "—",
            rated(each.final) + (f"\n{each.settled_by}: {each.reason}" if each.reason else ""),
        ]
        for each in found.objectives
    ]
    yield Table([*map(str, head), str(gettext("Rating"))], rows, (30, 23, 10, 20, 17))


def _opinions(each: Judged) -> Iterator[str]:
    for opinion in each.opinions:
        yield f"{opinion.person}: {opinion.rating.value}" + (f" · {opinion.words}" if opinion.words else "")


def _facts(found: Report) -> Iterator[Block]:
    figures = found.figures
    rows = [[words.fact(fact), words.value(figures, fact), _demands(found, fact)] for fact in Fact]
    rows += [
        [str(gettext("Injects answered before the end")), words.share(figures.injects_answered), "—"],
        [str(gettext("Injects skipped")), str(figures.injects_skipped), "—"],
        [str(gettext("Inject → answer, median")), words.minutes(figures.answer_median), "—"],
        [str(gettext("Inject → answer, slowest")), words.minutes(figures.answer_slowest), "—"],
        [str(gettext("Pages acknowledged")), words.share(figures.pages_acknowledged), "—"],
    ]
    head = [str(gettext("Figure")), str(gettext("Measured")), str(gettext("Demanded"))]
    yield Table(head, rows, (50, 25, 25), (1, 2))
    yield Words(
        str(gettext("Minutes are of exercise time: pauses are not counted, and each stretch counts at its own speed."))
    )


def _demands(found: Report, fact: Fact) -> str:
    asked = [each.objective.measure for each in found.objectives if each.objective.measure is not None]
    return gettext(", ").join(words.demand(each) for each in asked if each.fact == fact) or "—"


def _timeline(moments: Sequence[Moment], zone: tzinfo) -> Table:
    head = [gettext("Exercise time"), gettext("Clock"), gettext("What"), gettext("By")]
    rows = [
        [
            words.exercise_time(each.second),
            f"{each.at.astimezone(zone):%H:%M:%S}",
            f"{each.text} ({each.incident})" if each.incident and each.kind != "run" else each.text,
            _actor(each.actor),
        ]
        for each in moments
    ]
    return Table([str(each) for each in head], rows, (11, 11, 63, 15), (0, 1))


def _actor(actor: str) -> str:
    return str(gettext("by itself")) if actor.startswith(("system:", "source:")) else actor


def _notes(found: Report) -> Table:
    titles = {each.objective.id: f"{each.number}" for each in found.objectives}
    head = [gettext("Exercise time"), gettext("Objective"), gettext("Inject"), gettext("Note"), gettext("By")]
    rows = [
        [
            words.exercise_time(each.second),
            titles.get(each.objective, each.objective),
            str(each.inject or "—"),
            each.text,
            each.person or "—",
        ]
        for each in found.notes
    ]
    return Table([str(each) for each in head], rows, (12, 10, 8, 53, 17), (0, 1, 2))


def _hotwash(found: Report) -> Iterator[Items]:
    for part in HOTWASH:
        yield Items([_remark(each) for each in found.hotwash[part]], str(gettext(words.HOTWASH[part])))


def _remark(each: Said) -> str:
    return f"{each.text} ({each.person})" if each.person else each.text


def _skipped(found: Report) -> Table:
    head = [str(gettext("Inject")), str(gettext("What")), str(gettext("Why"))]
    return Table(head, [[str(each.number), each.text, each.why] for each in found.skipped], (10, 55, 35), (0,))


def _resources(moments: Sequence[Moment]) -> Table:
    head = [str(gettext("Exercise time")), str(gettext("What")), str(gettext("By"))]
    rows = [[words.exercise_time(each.second), each.text, _actor(each.actor)] for each in moments]
    return Table(head, rows, (14, 68, 18), (0,))


def _earlier(found: Report, language: str, zone: tzinfo) -> Table:
    if not found.earlier:
        return Table((), (), ())
    head = [str(gettext("Figure"))]
    for run in found.earlier:
        day = f"{run.drill.began_at.astimezone(zone):%Y-%m-%d}" if run.drill.began_at else ""
        head.append(f"{run.drill.code} {day}" + ("" if run.same else f" ({gettext('another scenario')})"))
    head += [str(gettext("This drill")), str(gettext("Trend"))]
    rows = [
        [
            words.fact(fact),
            *(words.value(run.figures, fact) for run in found.earlier),
            words.value(found.figures, fact),
            _trend(comparing.trend(fact, found.figures, found.earlier)),
        ]
        for fact in Fact
    ]
    widths = (28, *(48 // len(found.earlier) for _ in found.earlier), 13, 11)
    return Table(head, rows, widths, tuple(range(1, len(head))))


def _trend(trend: Trend) -> str:
    said = {
        Trend.BETTER: gettext("better"),
        Trend.SAME: gettext("the same"),
        Trend.WORSE: gettext("worse"),
        Trend.NONE: "",
    }
    return f"{TRENDS[trend]} {said[trend]}".strip()


def _actions(actions: Sequence[tuple[ImprovementAction, str]]) -> Table:
    head = [gettext("Action"), gettext("Owner"), gettext("Due"), gettext("State"), gettext("Playbook")]
    rows = [
        [
            f"#{each.id} {each.title}",
            owner,
            f"{each.due_on:%Y-%m-%d}",
            str(gettext(ACTION_STATES[ActionState(each.state)])),
            " ".join(filter(None, (each.playbook, each.playbook_place))) or "—",
        ]
        for each, owner in actions
    ]
    return Table([str(each) for each in head], rows, (38, 18, 13, 14, 17), (2,))
