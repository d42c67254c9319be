"""Chapters about what incidents came from, what was told, which clocks ran, and what customers complained of."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import select

from command.boards.words import WORDS
from command.complaints import figures as complaints
from command.core.problems import N_
from command.incidents import clock_rows, house
from command.incidents.causes import ROOTS
from command.incidents.models import Incident, IncidentClock
from command.insights import buckets, counting, funnel, rates
from command.insights.funnel import Funnel
from command.periodic.blocks import Block, table, words
from command.periodic.chapter import SHOWN, Chapter, Figures
from command.periodic.facts import Facts
from command.periodic.speech import Speech

APART = {
    "underway": N_("under way, no receipt yet"),
    "waiting": N_("waiting to be sent"),
    "unknown": N_("unknown"),
    "undelivered": N_("undelivered"),
    "failed": N_("failed"),
    "expired": N_("expired"),
    "withdrawn": N_("withdrawn"),
    "suppressed": N_("suppressed"),
}
COMPLAINTS = (
    ("first_response", N_("Accepted within 30 minutes"), "100 %"),
    ("first_plan", N_("Enquired into within an hour"), "100 %"),
    ("first_contact", N_("Settled at first contact"), "≥ 90 %"),
    ("resolved", N_("Resolved"), "≥ 90 %"),
    ("complete", N_("All steps on record"), "100 %"),
    ("complaint_rate", N_("Complaints to subscribers"), "< 5 %"),
)
"""Shares as R20 names them, with their targets."""
HANDLING_TARGET = "≤ 45"


def _count_causes(facts: Facts) -> Figures:
    """Incidents by root and cause; of those not looked at yet, and of those a third party brought, how many."""
    within = (Incident.reported_at >= facts.begins, Incident.reported_at < facts.ends, Incident.root_cause.is_not(None))
    known = {
        row.id: row
        for row in facts.session.execute(
            select(Incident.id, Incident.root_cause, Incident.cause, Incident.third_party).where(*within)
        )
    }
    sums: dict[tuple[str, str], list[float]] = {}
    for one in facts.cases:
        row = known.get(one.id)
        if row is None:
            continue
        total = sums.setdefault((row.root_cause, row.cause or ""), [0, 0, 0])
        for place, more in enumerate((1, one.users_peak, counting.minutes(one, facts.now))):
            total[place] += more
    causes = [
        {**_named(root, cause), "incidents": round(count), "users": round(users), "user_minutes": round(minutes)}
        for (root, cause), (count, users, minutes) in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    ]
    mine = [known[one.id] for one in facts.cases if one.id in known]
    return {
        "causes": causes,
        "unknown": len(facts.cases) - len(mine),
        "third_party": sum(bool(row.third_party) for row in mine),
    }


def _named(root: str, cause: str) -> dict[str, Any]:
    """The codes with the names that they had when the report was made."""
    known = house.causes()
    over = known.roots[cast(Any, root)] if root in ROOTS else None
    under = known.causes.get(cause)
    return {
        "root": root,
        "root_name": {"zh": over.zh, "en": over.en} if over else {"zh": root, "en": root},
        "cause": cause,
        "cause_name": {"zh": under.name.zh, "en": under.name.en} if under else {"zh": cause, "en": cause},
    }


def _write_causes(figures: Figures, s: Speech) -> Sequence[Block]:
    said: list[Block] = []
    if figures["causes"]:
        head = [s.gettext("Root cause"), s.gettext("Cause"), s.gettext("Incidents"), s.gettext("Affected users")]
        rows = [
            [
                s.named(each["root_name"]),
                s.named(each["cause_name"]) or "—",
                *(s.count(each[name]) for name in ("incidents", "users", "user_minutes")),
            ]
            for each in figures["causes"]
        ]
        said.append(table([*head, s.gettext("User-minutes")], rows, (4, 4, 2, 3, 3), (2, 3, 4)))
        third = s.count(figures["third_party"])
        said.append(words(s.gettext("Brought by a third party: %(count)s", count=third)))
    if figures["unknown"]:
        unknown = s.count(figures["unknown"])
        said.append(words(s.gettext("Cause not settled yet: %(count)s", count=unknown)))
    return said


def _count_notices(facts: Facts) -> Figures:
    funnels = facts.found.funnels
    return {
        "kinds": {kind: _funnel(each) for kind, each in funnels.items()},
        "all": _funnel(funnel.together(funnels.values())),
    }


def _funnel(its: Funnel) -> dict[str, Any]:
    return {
        "notices": its.notices,
        "audience": its.audience,
        "sent": its.sent,
        "delivered": its.delivered,
        "apart": dict(its.apart),
    }


def _write_notices(figures: Figures, s: Speech) -> Sequence[Block]:
    if not figures["kinds"]:
        return []
    head = [s.gettext("Kind of notice"), s.gettext("Notices"), s.gettext("Audience"), s.gettext("Sent")]
    head += [s.gettext("Delivered"), s.gettext("Delivered of sent")]
    lines = [(s.word(WORDS["notice"][kind]), each) for kind, each in _in_order(figures["kinds"])]
    rows = [
        [
            name,
            *(s.count(each[column]) for column in ("notices", "audience", "sent", "delivered")),
            s.rate({"good": each["delivered"], "of": each["sent"]}),
        ]
        for name, each in (*lines, (s.gettext("All"), figures["all"]))
    ]
    said: list[Block] = [table(head, rows, (4, 2, 3, 3, 3, 5), (1, 2, 3, 4, 5))]
    apart = [(s.word(name), figures["all"]["apart"][code]) for code, name in APART.items()]
    if any(count for _, count in apart):
        listed = s.gettext(", ").join(f"{name}: {s.count(count)}" for name, count in apart if count)
        said.append(words(s.gettext("Not delivered: %(listed)s.", listed=listed)))
    return said


def _in_order(kinds: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(kind, kinds[kind]) for kind in funnel.KINDS if kind in kinds]


def _count_clocks(facts: Facts) -> Figures:
    """Clocks of the period's incidents by code, and those of the regulator that were breached."""
    cases = {one.id: one for one in facts.cases}
    query = (
        select(IncidentClock)
        .join(Incident, Incident.id == IncidentClock.incident_id)
        .where(Incident.reported_at >= facts.begins, Incident.reported_at < facts.ends)
        .where(Incident.exercise.is_(False), Incident.restricted.is_(False), IncidentClock.state != clock_rows.VOID)
        .order_by(IncidentClock.due_at, IncidentClock.id)
    )
    regulators = {each.id for each in house.clocks().clocks if each.applies.profiles is not None}
    sums: dict[str, dict[str, int]] = {}
    breached = []
    for row in facts.session.scalars(query):
        if row.incident_id not in cases:
            continue
        its = sums.setdefault(row.code, {"met": 0, "breached": 0, "running": 0})
        its[row.state] = its.get(row.state, 0) + 1
        if row.state == "breached" and row.code in regulators:
            number, tier = cases[row.incident_id].number, cases[row.incident_id].tier
            breached.append({"number": number, "tier": tier, "code": row.code, "due": row.due_at, "met_at": row.met_at})
    order = [each.id for each in house.clocks().clocks]
    codes = sorted(sums, key=lambda code: order.index(code) if code in order else len(order))
    return {
        "clocks": [{**_clock(code), **sums[code], "regulator": code in regulators} for code in codes],
        "breached": [{**each, **_clock(str(each["code"]))} for each in breached[-SHOWN:]],
        "breached_all": len(breached),
    }


def _clock(code: str) -> dict[str, Any]:
    known = clock_rows.definition(code)
    return {"code": code, "name": {"zh": known.name.zh, "en": known.name.en} if known else {"zh": code, "en": code}}


def _write_clocks(figures: Figures, s: Speech) -> Sequence[Block]:
    if not figures["clocks"]:
        return []
    head = [s.gettext("Clock"), s.gettext("Met"), s.gettext("Breached"), s.gettext("Running"), s.gettext("Met of due")]
    rows = [
        [
            s.gettext("%(name)s (regulator)", name=s.named(each["name"]))
            if each["regulator"]
            else s.named(each["name"]),
            *(s.count(each[name]) for name in ("met", "breached", "running")),
            s.rate({"good": each["met"], "of": each["met"] + each["breached"]}),
        ]
        for each in figures["clocks"]
    ]
    said: list[Block] = [table(head, rows, (6, 2, 2, 2, 4), (1, 2, 3, 4))]
    if not figures["breached"]:
        return [*said, words(s.gettext("No time limit of the regulator was breached."))]
    count = s.count(figures["breached_all"])
    said.append(words(s.gettext("Time limits of the regulator that were breached: %(count)s", count=count)))
    head = [s.gettext("Incident"), s.gettext("Clock"), s.gettext("Due"), s.gettext("Met")]
    rows = [
        [each["number"], s.named(each["name"]), s.moment(each["due"]), s.moment(each["met_at"])]
        for each in figures["breached"]
    ]
    links = [f"/incidents/{each['number']}" for each in figures["breached"]]
    return [*said, table(head, rows, (4, 5, 3, 3), links=links)]


def _count_complaints(facts: Facts) -> Figures:
    until = min(facts.ends, facts.now)
    before, _ = buckets.instants(facts.days.before.first, facts.days.before.last, facts.zone)
    return {
        "now": asdict(complaints.between(facts.session, facts.begins, until)),
        "before": asdict(complaints.between(facts.session, before, facts.begins)),
    }


def _write_complaints(figures: Figures, s: Speech) -> Sequence[Block]:
    now, before = figures["now"], figures["before"]
    if not now["complaints"] and not before["complaints"]:
        return []
    rows = [[s.gettext("Complaints"), s.count(now["complaints"]), s.count(before["complaints"]), "—"]]
    rows.append([s.gettext("of these still open"), s.count(now["open"]), s.count(before["open"]), "—"])
    for code, name, target in COMPLAINTS:
        rows.append([s.word(name), _share(now[code], s), _share(before[code], s), target])
    minutes = s.gettext("Mean handling, minutes")
    rows.append([minutes, _mean(now, s), _mean(before, s), HANDLING_TARGET])
    head = [s.gettext("Figure"), s.gettext("This period"), s.gettext("Period before"), s.gettext("Target")]
    return [table(head, rows, (5, 3, 3, 2), (1, 2, 3))]


def _share(share: float | None, s: Speech) -> str:
    """A share of 0 to 1 in tenths of a percent, rounded down as every rate; a float's last digit does not count."""
    return s.gettext("n/a") if share is None else rates.words(int(round(share * 1000, 6)))


def _mean(its: Mapping[str, Any], s: Speech) -> str:
    minutes = its["handling_minutes"]
    return s.gettext("n/a") if minutes is None else f"{minutes:.1f}"


CAUSES = Chapter(N_("Causes"), N_("No incident was reported."), _count_causes, _write_causes)
NOTICES = Chapter(N_("Notices to the public"), N_("No notice was sent."), _count_notices, _write_notices)
CLOCKS = Chapter(N_("Time limits"), N_("No clock ran."), _count_clocks, _write_clocks)
OF_COMPLAINTS = Chapter(N_("Complaints"), N_("No complaint came in."), _count_complaints, _write_complaints)
