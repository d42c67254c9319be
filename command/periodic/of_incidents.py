"""Chapters about the incidents of the period: how many, how fast, which were the gravest, and which were late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from command.boards.words import WORDS
from command.core.problems import N_
from command.incidents.guards import FINAL
from command.incidents.models import Incident
from command.insights import counting, overview, periods, rates
from command.insights.charts import TIERS
from command.insights.counting import Counted
from command.insights.rates import Rate
from command.insights.spans import Spans
from command.periodic.blocks import Block, table, words
from command.periodic.chapter import SHOWN, Chapter, Figures, kept
from command.periodic.facts import Facts, areas_of, rows_of
from command.periodic.speech import Speech

MOST = 10
"""Incidents among the gravest, and among the longest."""
SPANS = {
    "detection": N_("Occurred → detected"),
    "acknowledgement": N_("Detected → acknowledged"),
    "response": N_("Report received → handling begins"),
    "restoration": N_("Occurred → restored"),
}
VERDICTS = {"met": N_("Target met"), "missed": N_("Target missed"), "none": N_("n/a")}
LEFT_OUT = {
    "exercises": N_("Exercises"),
    "cancelled": N_("Cancelled incidents, false alarms among them"),
    "merged": N_("Incidents merged into others"),
    "parts": N_("Incidents that are parts of others"),
}


def _count_overview(facts: Facts) -> Figures:
    now, before = facts.figures, facts.earlier
    return {
        "incidents": [now.incidents, before.incidents],
        "users": [now.users, before.users],
        "user_minutes": [round(now.user_minutes), round(before.user_minutes)],
        "left_out": _left_out(facts),
        "faults": [{"number": each.number, "span": each.span} for each in now.faults],
    }


def _left_out(facts: Facts) -> dict[str, int]:
    """Incidents reported in the period that count nowhere, or within another; restricted ones are not even counted here."""
    mine = (Incident.reported_at >= facts.begins, Incident.reported_at < facts.ends, Incident.restricted.is_(False))
    query = select(Incident.exercise, Incident.state, func.count()).where(*mine)
    rows = facts.session.execute(query.group_by(Incident.exercise, Incident.state)).tuples().all()
    counts = {
        "exercises": sum(count for exercise, _, count in rows if exercise),
        "cancelled": sum(count for exercise, state, count in rows if not exercise and state == "cancelled"),
        "merged": sum(count for exercise, state, count in rows if not exercise and state == "merged"),
    }
    there = sum(count for exercise, state, count in rows if not exercise and state not in FINAL)
    return {**counts, "parts": there - facts.figures.incidents}


def _write_overview(figures: Figures, s: Speech) -> Sequence[Block]:
    rows = [
        [name, s.count(now), s.count(before), s.change(now, before)]
        for name, (now, before) in (
            (s.gettext("Incidents"), figures["incidents"]),
            (s.gettext("Affected users"), figures["users"]),
            (s.gettext("User-minutes"), figures["user_minutes"]),
        )
    ]
    said = [table([s.gettext("Figure"), *_columns(s)], rows, (4, 2, 2, 2), (1, 2, 3))]
    out = [(s.word(name), figures["left_out"][code]) for code, name in LEFT_OUT.items() if figures["left_out"][code]]
    if out:
        listed = s.gettext(", ").join(f"{name}: {s.count(count)}" for name, count in out)
        said.append(words(s.gettext("Not counted by themselves: %(listed)s.", listed=listed)))
    said.append(words(s.gettext("Restricted incidents are in none of these figures.")))
    if figures["faults"]:
        rows = [[each["number"], s.word(SPANS[each["span"]])] for each in figures["faults"][:SHOWN]]
        links = [f"/incidents/{each['number']}" for each in figures["faults"][:SHOWN]]
        said.append(words(s.gettext("Times that end before they begin are errors in the data, and in no figure:")))
        said.append(table([s.gettext("Incident"), s.gettext("Span")], rows, (3, 5), links=links))
    return said


def _columns(s: Speech) -> list[str]:
    return [s.gettext("This period"), s.gettext("Period before"), s.gettext("Change")]


def _count_rates(facts: Facts) -> Figures:
    now, before = facts.figures, facts.earlier
    return {
        "response": {
            "now": kept(now.response),
            "before": kept(before.response),
            "target": overview.ALL_IN_TIME,
            "ahead": now.response_running,
            "minutes": round(facts.found.limit.total_seconds() / 60),
        },
        "restoration": {
            "now": kept(now.restoration),
            "before": kept(before.restoration),
            "target": overview.RESTORED,
            "ahead": now.restoration_ahead,
            "without_target": now.without_target,
        },
    }


def _write_rates(figures: Figures, s: Speech) -> Sequence[Block]:
    names = (("response", s.gettext("Response in time")), ("restoration", s.gettext("Restoration rate")))
    rows = []
    for code, name in names:
        its = figures[code]
        verdict = Rate(its["now"]["good"], its["now"]["of"], its["target"]).verdict
        target = rates.words(its["target"])
        rows.append([name, s.rate(its["now"]), s.rate(its["before"]), target, s.word(VERDICTS[verdict])])
    head = [s.gettext("Figure"), s.gettext("This period"), s.gettext("Period before")]
    said = [table([*head, s.gettext("Target"), s.gettext("Verdict")], rows, (3, 3, 3, 2, 2), (1, 2, 3))]
    response, restoration = figures["response"], figures["restoration"]
    notes = [
        s.gettext(
            "Handling has to begin within %(minutes)s minutes of the report; %(count)s had not begun and were still in time.",
            minutes=response["minutes"],
            count=s.count(response["ahead"]),
        ),
        s.gettext(
            "Restoration counts once its target has passed: %(ahead)s had it ahead, %(without)s had none.",
            ahead=s.count(restoration["ahead"]),
            without=s.count(restoration["without_target"]),
        ),
        s.gettext("Rates are rounded down; met or missed is judged on the counts."),
    ]
    return [*said, *map(words, notes)]


def _count_tiers(facts: Facts) -> Figures:
    made = {}
    for tier in overview.TIERS:
        mine = [one for one in facts.cases if one.tier == tier]
        response = [counting.response(one, facts.found.limit, facts.now) for one in mine]
        restored = [counting.restoration(one, facts.now) for one in mine]
        made[str(tier)] = {
            "incidents": [len(mine), facts.earlier.tiers[tier - 1]],
            "users": sum(one.users_peak for one in mine),
            "user_minutes": round(sum(counting.minutes(one, facts.now) for one in mine)),
            "response": _judged(response),
            "restoration": _judged(restored),
        }
    return made


def _judged(answers: Sequence[counting.Answer]) -> dict[str, int]:
    return {"good": answers.count("met"), "of": answers.count("met") + answers.count("breached")}


def _write_tiers(figures: Figures, s: Speech) -> Sequence[Block]:
    head = [s.gettext("Tier"), s.gettext("This period"), s.gettext("Period before"), s.gettext("Affected users")]
    head += [s.gettext("User-minutes"), s.gettext("Response in time"), s.gettext("Restoration rate")]
    rows = [
        [
            s.word(TIERS[int(tier)]),
            *(s.count(each) for each in its["incidents"]),
            s.count(its["users"]),
            s.count(its["user_minutes"]),
            s.rate(its["response"]),
            s.rate(its["restoration"]),
        ]
        for tier, its in figures.items()
    ]
    return [table(head, rows, (3, 2, 2, 3, 3, 4, 4), (1, 2, 3, 4, 5, 6))]


def _count_durations(facts: Facts) -> Figures:
    earlier = facts.earlier.spans
    return {name: {**_span(each), "before": _span(earlier[name])} for name, each in facts.figures.spans.items()}


def _span(spans: Spans) -> dict[str, float | int | None]:
    found = {"mean": spans.mean, "median": spans.median, "p90": spans.p90}
    whole = {name: None if value is None else round(value, 3) for name, value in found.items()}
    return {"known": len(spans.seconds), "unknown": spans.unknown, "errors": len(spans.errors), **whole}


def _write_durations(figures: Figures, s: Speech) -> Sequence[Block]:
    head = [s.gettext("Span"), s.gettext("Mean"), s.gettext("Median"), s.gettext("P90")]
    head += [s.gettext("Mean before"), s.gettext("Known"), s.gettext("Not known")]
    rows = [
        [
            s.word(SPANS[name]),
            *(s.took(its[each]) for each in ("mean", "median", "p90")),
            s.took(its["before"]["mean"]),
            s.count(its["known"]),
            s.count(its["unknown"]),
        ]
        for name, its in ((name, figures[name]) for name in SPANS)
    ]
    said = s.gettext("Times are hours:minutes:seconds. Incidents of which a moment is not known are left out.")
    return [table(head, rows, (5, 2, 2, 2, 2, 2, 2), (1, 2, 3, 4, 5, 6)), words(said)]


def _count_gravest(facts: Facts) -> Figures:
    gravest = sorted(facts.cases, key=lambda one: (one.tier, -one.users_peak, one.reported_at))[:MOST]
    longest = sorted(facts.cases, key=lambda one: _lasted(one, facts.now), reverse=True)[:MOST]
    rows = rows_of(facts.session, {one.id: one for one in (*gravest, *longest)}.values())
    areas = areas_of(facts.session, rows.values())

    def of(one: Counted) -> dict[str, Any]:
        row = rows[one.id]
        area = areas.get(row.area_id or 0)
        return {
            "number": one.number,
            "tier": one.tier,
            "kind": row.kind,
            "area": {"zh": area.name_zh, "en": area.name_en} if area else {"zh": "", "en": ""},
            "reported_at": one.reported_at,
            "restored": one.restored_at is not None,
            "seconds": round(_lasted(one, facts.now)),
            "users": one.users_peak,
            "user_minutes": round(counting.minutes(one, facts.now)),
        }

    return {"gravest": [of(one) for one in gravest], "longest": [of(one) for one in longest]}


def _lasted(one: Counted, now: datetime) -> float:
    return ((one.restored_at or now) - one.reported_at).total_seconds()


def _write_gravest(figures: Figures, s: Speech) -> Sequence[Block]:
    if not figures["gravest"]:
        return []
    said: list[Block] = []
    for code, title in (("gravest", s.gettext("The gravest")), ("longest", s.gettext("The longest"))):
        said += [words(title), _incidents(figures[code], s)]
    return [*said, words(s.gettext("Lasted: from the report to restoration, or to the moment of counting (+)."))]


def _incidents(rows: Sequence[Mapping[str, Any]], s: Speech) -> Block:
    head = [s.gettext("Incident"), s.gettext("Tier"), s.gettext("Kind"), s.gettext("Area"), s.gettext("Reported")]
    head += [s.gettext("Lasted"), s.gettext("Affected users"), s.gettext("User-minutes")]
    cells = [
        [
            each["number"],
            s.word(TIERS[each["tier"]]),
            s.word(WORDS["kind"][each["kind"]]),
            s.named(each["area"]) or "—",
            s.moment(each["reported_at"]),
            s.took(each["seconds"]) + ("" if each["restored"] else " +"),
            s.count(each["users"]),
            s.count(each["user_minutes"]),
        ]
        for each in rows
    ]
    links = [f"/incidents/{each['number']}" for each in rows]
    return table(head, cells, (5, 2, 4, 4, 4, 3, 3, 3), (5, 6, 7), links)


def _count_late(facts: Facts) -> Figures:
    by_number = {one.number: one for one in facts.cases}
    limit = facts.found.limit
    late, missed = facts.figures.response_late, facts.figures.restoration_missed
    return {
        "response": [
            {
                "number": number,
                "tier": (one := by_number[number]).tier,
                "begun": one.responding_at is not None,
                "seconds": round(((one.responding_at or facts.now) - one.reported_at - limit).total_seconds()),
            }
            for number in late[-SHOWN:]
        ],
        "response_all": len(late),
        "restoration": [_missed(facts, by_number[number]) for number in missed[-periods.SHOWN :]],
        "restoration_all": len(missed),
    }


def _missed(facts: Facts, one: Counted) -> dict[str, Any]:
    share = facts.found.missed.get(one.number)
    return {
        "number": one.number,
        "tier": one.tier,
        "target": one.target,
        "restored_at": one.restored_at,
        "back": kept(share) if share else {"good": 0, "of": 0},
    }


def _write_late(figures: Figures, s: Speech) -> Sequence[Block]:
    said: list[Block] = []
    late, missed = figures["response"], figures["restoration"]
    if late:
        head = [s.gettext("Incident"), s.gettext("Tier"), s.gettext("Late by"), s.gettext("Handling")]
        begun = {True: s.gettext("begun"), False: s.gettext("had not begun")}
        rows = [
            [each["number"], s.word(TIERS[each["tier"]]), s.took(each["seconds"]), begun[each["begun"]]]
            for each in late
        ]
        said.append(words(s.gettext("Responses that began late: %(count)s", count=s.count(figures["response_all"]))))
        said.append(table(head, rows, (4, 2, 3, 3), (2,), [f"/incidents/{each['number']}" for each in late]))
    if missed:
        head = [s.gettext("Incident"), s.gettext("Tier"), s.gettext("Target"), s.gettext("Restored")]
        rows = [
            [
                each["number"],
                s.word(TIERS[each["tier"]]),
                s.moment(each["target"]),
                s.moment(each["restored_at"]),
                s.rate(each["back"]),
            ]
            for each in missed
        ]
        count = s.count(figures["restoration_all"])
        said.append(words(s.gettext("Not restored by their target: %(count)s", count=count)))
        head.append(s.gettext("Users restored when the target passed"))
        said.append(table(head, rows, (4, 2, 3, 3, 4), (4,), [f"/incidents/{each['number']}" for each in missed]))
    return said


OVERVIEW = Chapter(N_("The period at a glance"), "", _count_overview, _write_overview)
RATES = Chapter(N_("Rates against their targets"), "", _count_rates, _write_rates)
BY_TIER = Chapter(N_("By tier"), "", _count_tiers, _write_tiers)
DURATIONS = Chapter(N_("Durations"), "", _count_durations, _write_durations)
GRAVEST = Chapter(N_("Gravest and longest incidents"), N_("No incident was reported."), _count_gravest, _write_gravest)
LATE = Chapter(N_("What was late"), N_("Nothing was late."), _count_late, _write_late)
