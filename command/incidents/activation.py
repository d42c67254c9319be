"""Starting a response: the plan is pinned, departments get their tasks, people are paged, roles are filled, the affected are told."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import (
    clock_rows,
    command_roles,
    conditions,
    entries,
    house,
    measuring,
    notifying,
    places,
    plans,
    tasks,
    telling,
)
from command.incidents.guards import State
from command.incidents.lifecycle import Action, Forbidden
from command.incidents.models import Incident
from command.incidents.standing import authorise, standing, step
from command.oncall.escalation import policies
from command.oncall.models import Escalation
from command.oncall.paging import service as oncall
from command.people.access import Principal
from playbooks.schema import Page
from playbooks.templates import Language

TIER_WORDS: Mapping[int, tuple[str, str]] = {
    1: ("一级（重大）", "Tier I"),
    2: ("二级（较大）", "Tier II"),
    3: ("三级（一般）", "Tier III"),
    4: ("四级（较小）", "Tier IV"),
}
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "natural_disaster": ("自然灾害", "natural disaster"),
    "network_fault": ("网络故障", "network fault"),
    "service_interruption": ("服务中断", "service interruption"),
    "complaint_surge": ("投诉激增", "complaint surge"),
    "information_security": ("信息安全事件", "information-security incident"),
}

AUTOMATIC_TIERS = (1, 2, 3)
"""Tiers at which a response to alarms starts by itself; at tier IV a person decides."""


def assess(
    session: Session, incident: Incident, by: Principal | None, judgement: str = "", *, override: bool = False
) -> None:
    """Judge nature, scope and harm of a locked, reported incident (R29); raise Denied or lifecycle.Forbidden."""
    authorise(session, incident, by, "assess", override=override, reason=judgement)
    taken = step(session, incident, Action.ASSESS, standing(session, incident, by))
    incident.state, incident.assessed_at = taken.state, clock.now(session)
    if by is not None:
        command_roles.own(session, incident, by.person_id)
    judged = entries.Assessed(tier=incident.tier, judgement=entries.note(session, judgement))
    entries.record(session, incident, judged)


def go_on(session: Session, incident: Incident) -> None:
    """Take an incident born of alarms as far as automation may: assess it and, at the tiers for that, activate the response.
    Where the response cannot start the reasons are journaled, and a person goes on."""
    if incident.state == State.REPORTED:
        assess(session, incident, None)
    if incident.state != State.ASSESSED or incident.tier not in AUTOMATIC_TIERS:
        return
    try:
        activate(session, incident, None)
    except Forbidden as error:
        reasons = tuple(refusal.reason_key for refusal in error.refusals)
        entries.record(session, incident, entries.ActivationWaits(tier=incident.tier, reasons=reasons))


def activate(
    session: Session, incident: Incident, by: Principal | None, *, override: bool = False, reason: str = ""
) -> None:
    """Start the response to a locked, assessed incident with the plan in force for its kind; raise Denied or lifecycle.Forbidden."""
    authorise(session, incident, by, "activate", override=override, reason=reason)
    now = clock.now(session)
    plan = plans.of(session, incident)
    if plan is not None and incident.commander_id is None:
        command_roles.appoint(session, incident, plan.tier(incident.tier).echelon, by)
    taken = step(session, incident, Action.ACTIVATE, standing(session, incident, by))
    assert plan is not None and incident.commander_id is not None
    pinned = plans.pin(session, plan, now)
    incident.playbook_id, incident.state, incident.responding_at = pinned.id, taken.state, now
    command_roles.own(session, incident, by.person_id if by else incident.commander_id)
    started = entries.Activated(
        playbook_id=pinned.id,
        playbook=plan.code,
        version=plan.version,
        tier=incident.tier,
        commander_id=incident.commander_id,
    )
    entries.record(session, incident, started)
    tier = plan.tier(incident.tier)
    tasks.give(session, incident, tier.tasks, now)
    _page(session, incident, tier.pages)
    clock_rows.refresh(session, incident)
    notifying.first(session, incident)
    conditions.tell(session, incident, Action.ACTIVATE)


def widen(session: Session, incident: Incident) -> None:
    """Take up what the plan of the raised tier asks for beyond what runs: tasks, chains of pages, roles; command goes up to the echelon
    that handles the tier. Nothing else is taken away."""
    plan = plans.of(session, incident)
    if plan is None:
        return
    tier = plan.tier(incident.tier)
    command_roles.go_up(session, incident, tier.echelon, _raised(incident.tier))
    command_roles.appoint(session, incident, tier.echelon, None)
    added = tasks.give(session, incident, tier.tasks, clock.now(session))
    targets = set(_first_targets(session, incident))
    chains = [page for page in tier.pages if page.target not in targets]
    _page(session, incident, chains)
    widened = entries.PlanWidened(tier=incident.tier, tasks=tuple(added), chains=len(chains))
    entries.record(session, incident, widened)
    notifying.release(session, incident)


def _raised(tier: int) -> str:
    """Why command goes up, as the briefing of whoever gets it begins; the incident's own briefing page says the rest."""
    zh, en = TIER_WORDS[tier]
    return f"事件等级提为{zh}，由上级应急小组接管指挥。 / Raised to {en}: the emergency group of the wider echelon takes command."


def _first_targets(session: Session, incident: Incident) -> list[str]:
    chains = session.scalars(select(Escalation.steps).where(Escalation.incident_id == incident.id))
    return [policies.asked(steps) for steps in chains if steps]


def resume_pages(session: Session, incident: Incident) -> None:
    """Page again as the tier's plan says: the incident was reopened."""
    plan = plans.of(session, incident)
    if plan is not None:
        _page(session, incident, plan.tier(incident.tier).pages)


def _page(session: Session, incident: Incident, pages: Sequence[Page]) -> None:
    about = telling.about(session, incident)
    codes = places.codes_upward(session, incident.area_id)
    texts = page_texts(session, incident)
    for page in pages:
        oncall.start(session, about, chain(page), texts, area_codes=codes, quiet_minutes=page.quiet_minutes)


def chain(page: Page) -> list[dict[str, object]]:
    """A page of the plan as steps: the plan counts minutes from the first page, a chain from the step before."""
    steps: list[dict[str, object]] = [
        {"target": page.target, "after_minutes": 0, "ack_minutes": page.ack_within_minutes}
    ]
    before = 0
    for each in page.escalate:
        steps.append(
            {
                "target": each.target,
                "after_minutes": each.after_minutes - before,
                "ack_minutes": page.ack_within_minutes,
            }
        )
        before = each.after_minutes
    return steps


def page_texts(session: Session, incident: Incident) -> dict[str, str]:
    """What a page says; {code} and {link} are filled in by the room that pages."""
    tier_zh, tier_en = TIER_WORDS[incident.tier]
    kind_zh, kind_en = KIND_WORDS[incident.kind]
    operator = house.settings(session)
    zh = f"【{operator.operator_name_zh}】呼叫：{incident.number} {kind_zh} 事件等级{tier_zh}，{_area(session, incident, 'zh')}"
    en = f"{operator.operator_name_en} page: {incident.number}, {kind_en}, {tier_en}, {_area(session, incident, 'en')}"
    if incident.users_now and not incident.restricted:
        zh += f"，影响{incident.users_now}户"
        en += f", {incident.users_now} users"
    return {
        "zh": _escaped(zh) + "。应答：[回复{code} ][打开{link}]",
        "en": _escaped(en) + ". To acknowledge: [reply {code} ][or open {link}]",
    }


def _area(session: Session, incident: Incident, language: Language) -> str:
    if incident.restricted:
        return "详情见事件看板" if language == "zh" else "see the incident board"
    return telling.area_words(session, incident, language, measuring.last_impacts(session, incident))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
