"""What one person may do to an incident now: by its life, by what is still owed, and by their authority. Where not, why, and what would
allow it. Asked before the click, so that nobody runs into a refusal; the verbs check all of it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.documents import filled
from command.core.problems import Denied
from command.incidents import clock_rows, command_roles, conditions, observing_rows, sentences, standing
from command.incidents.guards import BEFORE_RESTORATION, FINAL, Standing, State
from command.incidents.lifecycle import Action, Forbidden, Refusal, attempt, possible
from command.incidents.models import Incident, Task
from command.incidents.places import level_of
from command.people import access
from command.people.access import Principal
from command.people.authority import Decision, permitted
from command.people.authority import Denied as Refused
from playbooks.texts import Text

Stands = Literal["open", "override", "forbidden"]
NAMED = 3
"""How many of the things in the way a reason names; the others are counted."""
HANDLED = ("eta", "locate", "impact")
ORDER = (
    *("accept", "take_command", "assess", "activate", "restore", "review", "close"),
    *("eta", "facts", "locate", "objective", "transfer", "take_role", "notice", "impact"),
    *("watch", "raise", "lower", "merge", "reopen", "cancel"),
)
"""The actions of the page, those that carry an incident on first, those that end it last."""
ACTS: Mapping[str, str] = {
    "accept": "edit_task",
    "eta": "edit_task",
    "facts": "edit_task",
    "locate": "edit_task",
    "objective": "assess",
    "transfer": "transfer_command",
    "take_command": "transfer_command",
    "take_role": "edit_task",
    "notice": "submit_notice",
    "impact": "raise",
    "watch": "settle",
}
"""The permission behind an action; the others bear its name."""
LIFE = frozenset(action.value for action in Action)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action is not possible, and what would allow it."""

    why: str
    allows: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An action, and how it stands. `override`: on their own word, with a reason, on record."""

    action: str
    stands: Stands
    reasons: tuple[Reason, ...] = ()


def of(session: Session, incident: Incident, who: Principal, language: str) -> tuple[Choice, ...]:
    """The actions that the incident's state does not rule out, each as it stands for `who`."""
    look = _Look(session, incident, who, language)
    offered = (name for name in ORDER if look.offered(name))
    return tuple(look.choice(name) for name in offered)


def one(session: Session, incident: Incident, who: Principal, language: str, action: str) -> Choice:
    """One action as it stands for `who`, whether its state rules it out or not."""
    return _Look(session, incident, who, language).choice(action)


def act_of(action: str) -> str:
    """The permission behind an action."""
    return ACTS.get(action, action)


class _Look:
    def __init__(self, session: Session, incident: Incident, who: Principal, language: str) -> None:
        self.session, self.incident, self.who, self.language = session, incident, who, language
        self.state = State(incident.state)
        self.possible = {action.value for action in possible(self.state)}
        self.at: Standing | None = None
        self.case: dict[str, Any] = {
            "tier": incident.tier,
            "area_level": level_of(session, incident.area_id),
            "waited_minutes": standing.waited_minutes(session, incident),
        }

    def offered(self, action: str) -> bool:
        """Whether the page shows the action in this state at all."""
        if action == "accept":
            return self._waits_for_me()
        if action in ("raise", "lower"):
            room = self.incident.tier > 1 if action == "raise" else self.incident.tier < 4
            return room and "regrade" in self.possible and self.state in BEFORE_RESTORATION
        if action == "review":
            return self.state in (State.RESTORED, State.REVIEWING)
        if action == "restore":
            return self.state == State.RESPONDING or (self.state == State.ASSESSED and bool(self.incident.quiet_at))
        if action in HANDLED:
            return self.state in BEFORE_RESTORATION
        if action == "notice":
            return self.state == State.RESPONDING
        if action == "watch":
            return observing_rows.minutes_left(self.session, self.incident) > 0
        if action == "take_command":
            return self.incident.commander_id is None and self._lasts()
        if action in ACTS:
            return self._lasts()
        return action in self.possible

    def _lasts(self) -> bool:
        return self.state not in (*FINAL, State.CLOSED)

    def _waits_for_me(self) -> bool:
        waiting = command_roles.waiting_for(self.session, self.who.person_id)
        return any(incident.id == self.incident.id for incident, _ in waiting)

    def choice(self, action: str) -> Choice:
        """How the action stands: what its life forbids first, then what their posts do."""
        barred = self._life(action)
        decision = self._decision(action)
        if decision is not None and not permitted(decision):
            if not getattr(decision, "override_possible", False):
                barred = (*barred, self._denied(action))
            elif not barred:
                return Choice(action, "override", (self._denied(action),))
        return Choice(action, "forbidden" if barred else "open", tuple(barred))

    def _decision(self, action: str) -> Decision | None:
        mine = self.incident.commander_id == self.who.person_id
        if action == "accept" or (mine and action in ("transfer", "objective")):
            return None
        try:
            return access.ruling(self.who, act_of(action), **self.case)
        except Denied:
            return Refused(Text(zh="", en=""), (), False)

    def _denied(self, action: str) -> Reason:
        try:
            access.must(self.who, act_of(action), **self.case)
        except Denied as error:
            return Reason(filled(error.detail, error.values), filled(error.remedy, error.values))
        raise AssertionError(f"{action} is not denied")

    def _life(self, action: str) -> tuple[Reason, ...]:
        """What the life of the incident says against the action, as if all that its form asks for were given."""
        name = "regrade" if action in ("raise", "lower") else action
        if name not in LIFE or (action == "review" and self.state == State.REVIEWING):
            return ()
        refusals = conditions.against(self.session, self.incident, Action(name))
        try:
            attempt(Action(name), self.state, self._standing())
        except Forbidden as error:
            refusals = (*error.refusals, *refusals)
        return tuple(self._named(refusal) for refusal in refusals)

    def _standing(self) -> Standing:
        if self.at is None:
            found = standing.standing(self.session, self.incident, None)
            named = {"has_commander": True} if self.state == State.ASSESSED else {}
            self.at = replace(
                found, reason_given=True, by_person=True, positive_evidence=True, target=State.RESPONDING, **named
            )
        return self.at

    def _named(self, refusal: Refusal) -> Reason:
        """A reason with the names of what is in the way."""
        why = self._said(refusal.why)
        found = self._in_the_way(refusal.reason_key)
        if found:
            more = f" +{len(found) - NAMED}" if len(found) > NAMED else ""
            listed = ("、" if self.language == "zh" else ", ").join(found[:NAMED]) + more
            why = f"{why}：{listed}" if self.language == "zh" else f"{why}: {listed}"
        return Reason(why, self._said(refusal.what_would_allow))

    def _in_the_way(self, key: str) -> Sequence[str]:
        zh = self.language == "zh"
        if key == "no_open_tasks":
            mine = (Task.incident_id == self.incident.id) & Task.state.in_(standing.UNFINISHED)
            title = Task.title_zh if zh else Task.title_en
            return self.session.scalars(select(title).where(mine).order_by(Task.due_at, Task.id)).all()
        if key == "no_owed_clocks":
            known = [(code, clock_rows.definition(code)) for code in clock_rows.owed(self.session, self.incident)]
            return [self._said(each.name) if each else code for code, each in known]
        if key == "watch_over":
            return [standing.watched_until(self.session, self.incident)]
        if key in standing.CHILDREN:
            return standing.children_in_the_way(self.session, self.incident, key)
        if key == "no_notices_in_flight":
            kinds = [notice.kind for notice in standing.notices_in_flight(self.session, self.incident)]
            return [sentences.WORDS[kind][0 if zh else 1] for kind in kinds]
        return ()

    def _said(self, text: Text) -> str:
        return text.zh if self.language == "zh" else text.en
