"""What must be true of an incident before its state may change: pure conditions over a frozen picture of the facts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from playbooks.texts import Text


class State(StrEnum):
    """Where an incident stands. Cancelled and merged are final; closed and restored are left by `reopen` only."""

    REPORTED = "reported"
    ASSESSED = "assessed"
    RESPONDING = "responding"
    RESTORED = "restored"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


NAMES: dict[State, Text] = {
    State.REPORTED: Text(zh="已上报", en="reported"),
    State.ASSESSED: Text(zh="已研判", en="assessed"),
    State.RESPONDING: Text(zh="处置中", en="responding"),
    State.RESTORED: Text(zh="已恢复", en="restored"),
    State.REVIEWING: Text(zh="复盘中", en="reviewing"),
    State.CLOSED: Text(zh="已办结", en="closed"),
    State.CANCELLED: Text(zh="已撤销", en="cancelled"),
    State.MERGED: Text(zh="已合并", en="merged"),
}
BEFORE_RESTORATION = (State.REPORTED, State.ASSESSED, State.RESPONDING)
LIVE = (*BEFORE_RESTORATION, State.RESTORED, State.REVIEWING)
FINAL = (State.CANCELLED, State.MERGED)


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that guards look at. Counts are of rows, `watch_minutes_left` is in minutes.

    `positive_evidence` is a clear from the source, a measurement above its threshold or a person who confirms: silence is
    not evidence, for a dead element is quiet too. `quiet_period_over` counts only where `quiet_is_recovery`, the
    operator's permission, is given. `owed_clocks` run or are breached without having been met.
    """

    graded: bool = False
    has_commander: bool = False
    has_playbook: bool = False
    has_first_contact_owner: bool = False
    positive_evidence: bool = False
    quiet_period_over: bool = False
    quiet_is_recovery: bool = False
    watch_minutes_left: float = 0
    open_tasks: int = 0
    open_children: int = 0
    unrestored_children: int = 0
    owed_clocks: int = 0
    told_count: int = 0
    notices_in_flight: int = 0
    review_written: bool = False
    journal_ok: bool = True
    reason_given: bool = False
    lowering: bool = False
    by_person: bool = False
    target: State | None = None
    target_is_self: bool = False
    target_same_exercise: bool = True


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition with its words: `why` it forbids, and what `would_allow` the action."""

    key: str
    holds: Callable[[Standing], bool]
    why: Text
    would_allow: Text


def _guard(key: str, holds: Callable[[Standing], bool], why: tuple[str, str], would_allow: tuple[str, str]) -> Guard:
    """Texts come as (zh, en)."""
    return Guard(key, holds, Text(zh=why[0], en=why[1]), Text(zh=would_allow[0], en=would_allow[1]))


def _restoration_is_shown(standing: Standing) -> bool:
    return standing.positive_evidence or (standing.quiet_is_recovery and standing.quiet_period_over)


GUARDS: dict[str, Guard] = {
    guard.key: guard
    for guard in (
        _guard(
            "graded",
            lambda at: at.graded,
            ("尚未定级", "the incident has no tier yet"),
            ("先录入影响范围并完成定级", "record the impact so that it can be graded"),
        ),
        _guard(
            "has_commander",
            lambda at: at.has_commander,
            ("尚无总指挥", "nobody is in command"),
            ("指定总指挥，或由值班长接管指挥", "name a commander, or let the duty officer accept command"),
        ),
        _guard(
            "has_playbook",
            lambda at: at.has_playbook,
            ("尚未选定处置预案", "no playbook is chosen"),
            ("选定适用的处置预案", "choose the playbook that applies"),
        ),
        _guard(
            "has_first_contact_owner",
            lambda at: at.has_first_contact_owner,
            ("没有首问责任人", "no first-contact owner is named"),
            ("指定首问责任人，由其跟进至办结", "name the person who follows the incident to its end"),
        ),
        _guard(
            "restoration_shown",
            _restoration_is_shown,
            ("没有恢复的确凿依据，无告警不等于已恢复", "nothing shows that service is back: silence is not recovery"),
            (
                "等待告警清除或测量达标，或由人员确认恢复",
                "wait for a clear or a good measurement, or confirm the restoration yourself",
            ),
        ),
        _guard(
            "watch_over",
            lambda at: at.watch_minutes_left <= 0,
            ("仍在观察期内", "the incident is still under observation"),
            ("等待观察期结束，期间故障不再出现", "wait until the time of observation is over"),
        ),
        _guard(
            "no_open_tasks",
            lambda at: at.open_tasks == 0,
            ("仍有未完成的任务", "tasks are still open"),
            ("完成任务，或注明原因后取消", "finish them, or drop them with a reason"),
        ),
        _guard(
            "no_open_children",
            lambda at: at.open_children == 0,
            ("仍有未办结的子事件", "child incidents are still open"),
            ("先办结、撤销、合并或移出子事件", "close, cancel, merge or split off the child incidents first"),
        ),
        _guard(
            "children_restored",
            lambda at: at.unrestored_children == 0,
            ("仍有子事件尚未恢复", "child incidents are not restored yet"),
            ("先确认各子事件恢复，或移出子事件", "confirm the restoration of each child first, or split it off"),
        ),
        _guard(
            "no_owed_clocks",
            lambda at: at.owed_clocks == 0,
            ("仍有未完成的时限要求", "clocks are still owed"),
            ("完成时限要求的事项，超时的也须完成", "do what each clock asks for, breached or not"),
        ),
        _guard(
            "no_notices_in_flight",
            lambda at: at.notices_in_flight == 0,
            ("仍有用户通知正在发送", "notices are still being sent"),
            ("等待发送完毕，或撤回通知", "wait until they are out, or withdraw them"),
        ),
        _guard(
            "review_written",
            lambda at: at.review_written,
            ("复盘报告尚未完成", "the review is not written"),
            ("写明起因、处置效果与改进措施", "write cause, effect of the handling and improvements"),
        ),
        _guard(
            "journal_ok",
            lambda at: at.journal_ok,
            ("处置日志校验未通过", "the journal does not verify"),
            ("请审计员核查处置日志后再办结", "have the auditor look into the journal first"),
        ),
        _guard(
            "reason_given",
            lambda at: at.reason_given,
            ("没有填写原因", "no reason is given"),
            ("填写原因", "give the reason"),
        ),
        _guard(
            "lowering_is_a_person_s",
            lambda at: not at.lowering or (at.by_person and at.reason_given),
            ("降级须由人员提出并说明原因", "only a person with a reason lowers a tier"),
            ("由有权人员填写原因后降级", "let a person who may lower it give the reason"),
        ),
        _guard(
            "target_given",
            lambda at: at.target is not None,
            ("没有指定并入的事件", "no incident to merge into is named"),
            ("指定并入的事件编号", "name the incident it belongs to"),
        ),
        _guard(
            "target_is_another",
            lambda at: not at.target_is_self,
            ("事件不能并入自身", "an incident cannot be merged into itself"),
            ("指定另一事件", "name another incident"),
        ),
        _guard(
            "target_live",
            lambda at: at.target is None or at.target in BEFORE_RESTORATION,
            ("目标事件已恢复或已结束", "the other incident is restored or over"),
            ("指定仍在处置的事件，或先重新开启目标事件", "name one that is being handled, or reopen that one first"),
        ),
        _guard(
            "target_same_exercise",
            lambda at: at.target_same_exercise,
            ("演练事件与真实事件不得合并", "a drill and a live incident never merge"),
            ("指定同类（同为演练或同为真实）的事件", "name an incident of the same sort"),
        ),
    )
}
