"""The life of an incident: one table says which action leads from which state to which, and what must be true for it.

Guards read a `Standing`, a frozen picture of the facts; nothing here looks anything up. An action that is not possible
raises `Forbidden`, which says why and what would make it possible, in both languages.
"""

from dataclasses import dataclass
from enum import StrEnum

from command.incidents.guards import BEFORE_RESTORATION, FINAL, GUARDS, LIVE, NAMES, Standing, State
from playbooks.texts import Text


class Action(StrEnum):
    """What a person or the automation can do to an incident as a whole."""

    ASSESS = "assess"
    REGRADE = "regrade"
    ACTIVATE = "activate"
    RESTORE = "restore"
    REOPEN = "reopen"
    REVIEW = "review"
    CLOSE = "close"
    CANCEL = "cancel"
    MERGE = "merge"


class Obligation(StrEnum):
    """What an action leaves to be done for people who were told, or are about to be."""

    ALL_CLEAR = "all_clear"
    CORRECTION = "correction"
    PASS_TOLD = "pass_told"
    WITHDRAW_NOTICES = "withdraw_notices"
    STOP_PAGES = "stop_pages"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `to` None means that the incident stays in its state; `because` is why the row is there."""

    action: Action
    sources: tuple[State, ...]
    to: State | None
    guards: tuple[str, ...]
    because: str
    owes: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """An action that may happen: the state it leads to, and what it owes to people."""

    action: Action
    state: State
    owes: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against an action."""

    reason_key: str
    why: Text
    what_would_allow: Text


class Forbidden(Exception):
    """An action that cannot happen now. Every reason is listed; the first is the one to show alone."""

    def __init__(self, action: Action, *refusals: Refusal) -> None:
        self.action = action
        self.refusals = refusals
        self.reason_key = refusals[0].reason_key
        self.why = refusals[0].why
        self.what_would_allow = refusals[0].what_would_allow
        super().__init__(f"{action}: {'; '.join(f'{each.why.en} ({each.reason_key})' for each in refusals)}")


TABLE: tuple[Transition, ...] = (
    Transition(
        Action.ASSESS,
        (State.REPORTED,),
        State.ASSESSED,
        ("graded",),
        "A report becomes an incident to act on once its nature, scope and harm are judged.",
    ),
    Transition(
        Action.REGRADE,
        LIVE,
        None,
        ("lowering_is_a_person_s",),
        "Facts change until the review is done; the tier follows them upward by itself, downward by a person only.",
    ),
    Transition(
        Action.ACTIVATE,
        (State.ASSESSED,),
        State.RESPONDING,
        ("has_commander", "has_playbook"),
        "A response has a plan and one person who answers for it.",
    ),
    Transition(
        Action.RESTORE,
        (State.ASSESSED, State.RESPONDING),
        State.RESTORED,
        ("restoration_shown", "children_restored"),
        "Restored is a claim to the public and needs evidence; so does an outage that ended before anybody had to respond.",
        (Obligation.ALL_CLEAR, Obligation.WITHDRAW_NOTICES, Obligation.STOP_PAGES),
    ),
    Transition(
        Action.REOPEN,
        (State.RESTORED, State.REVIEWING, State.CLOSED),
        State.RESPONDING,
        ("reason_given", "has_commander"),
        "A fault that returns is the same incident: its clocks and its people go on.",
    ),
    Transition(
        Action.REVIEW,
        (State.RESTORED,),
        State.REVIEWING,
        ("watch_over",),
        "Lessons are drawn once the repair has held for its time of observation.",
    ),
    Transition(
        Action.CLOSE,
        (State.REVIEWING,),
        State.CLOSED,
        (
            "review_written",
            "no_open_tasks",
            "no_open_children",
            "no_owed_clocks",
            "no_notices_in_flight",
            "has_first_contact_owner",
            "journal_ok",
        ),
        "Closed means that nothing is owed to anybody and that the record proves it.",
    ),
    Transition(
        Action.CANCEL,
        BEFORE_RESTORATION,
        State.CANCELLED,
        ("reason_given", "no_open_children"),
        "A false alarm ends on record, and those who were told learn that it was one.",
        (Obligation.CORRECTION, Obligation.WITHDRAW_NOTICES, Obligation.STOP_PAGES),
    ),
    Transition(
        Action.MERGE,
        BEFORE_RESTORATION,
        State.MERGED,
        ("target_given", "target_is_another", "target_live", "target_same_exercise", "no_open_children"),
        "Two reports of one event go on as one; whoever was told is told the rest by the other.",
        (Obligation.PASS_TOLD, Obligation.WITHDRAW_NOTICES, Obligation.STOP_PAGES),
    ),
)
_ROWS = {row.action: row for row in TABLE}
_TO_THE_TOLD = (Obligation.ALL_CLEAR, Obligation.CORRECTION, Obligation.PASS_TOLD)


def attempt(action: Action, state: State, standing: Standing) -> Step:
    """The step that `action` makes from `state`. Raises Forbidden with every reason against it."""
    row = _ROWS[action]
    if state not in row.sources:
        raise Forbidden(action, _wrong_state(row, state))
    missing = [GUARDS[key] for key in row.guards if not GUARDS[key].holds(standing)]
    if missing:
        raise Forbidden(action, *(Refusal(guard.key, guard.why, guard.would_allow) for guard in missing))
    return Step(action, row.to or state, tuple(owed for owed in row.owes if _is_owed(owed, standing)))


def possible(state: State) -> tuple[Action, ...]:
    """The actions that the state itself does not rule out, in the order of the table: the buttons to show."""
    return tuple(row.action for row in TABLE if state in row.sources)


def _is_owed(obligation: Obligation, standing: Standing) -> bool:
    """A notice in flight may still arrive, so whoever it goes to counts with those who were told."""
    if obligation in _TO_THE_TOLD:
        return standing.told_count > 0 or standing.notices_in_flight > 0
    return obligation is not Obligation.WITHDRAW_NOTICES or standing.notices_in_flight > 0


def _wrong_state(row: Transition, state: State) -> Refusal:
    """An incident in the wrong state: final ones are never left, others wait for their turn."""
    here = NAMES[state]
    why = Text(zh=f"事件{here.zh}，不能执行此操作", en=f"the incident is {here.en}")
    if state in FINAL:
        return Refusal("final", why, Text(zh="已终结的事件不再变更；如有新情况请上报新事件", en="report a new one"))
    zh = "、".join(NAMES[source].zh for source in row.sources)
    en = ", ".join(NAMES[source].en for source in row.sources)
    return Refusal("wrong_state", why, Text(zh=f"仅限以下状态：{zh}", en=f"possible only when it is {en}"))
