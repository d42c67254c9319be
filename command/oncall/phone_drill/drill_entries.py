"""What the journal keeps of phone drills, on the stream `phone_drill:<id>` of each plan: ids and figures."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload

Via = Literal["sms", "link", "page", "api", "keypad"]


class Planned(Payload, kind="phone_drill.planned"):
    """`targets` as kept (people by id); `people` how many they mean now; `next_at` when it is first held."""

    drill_id: int
    targets: list[str]
    people: int
    next_at: datetime
    every: str
    wait_minutes: int


class Cancelled(Payload, kind="phone_drill.cancelled"):
    drill_id: int


class Began(Payload, kind="phone_drill.began"):
    run_id: int
    people: int


class Missed(Payload, kind="phone_drill.missed"):
    """No engine ran when it was due; it is not held late."""

    run_id: int
    minutes_late: int


class Called(Payload, kind="phone_drill.called"):
    """`place` counts a person's ways from 1."""

    run_id: int
    person_id: int
    method: str
    place: int


class NoMethod(Payload, kind="phone_drill.no_method"):
    """There is no way by which this person may be called in an exercise."""

    run_id: int
    person_id: int


class Answered(Payload, kind="phone_drill.answered"):
    """`seconds` from the call to the answer; `late`: answers were no longer awaited."""

    run_id: int
    person_id: int
    via: Via
    seconds: int
    late: bool


class Paused(Payload, kind="phone_drill.paused"):
    """A live incident of tier I or II goes on; `withdrawn` messages had not left yet."""

    run_id: int
    withdrawn: int


class Resumed(Payload, kind="phone_drill.resumed"):
    run_id: int


class Stopped(Payload, kind="phone_drill.stopped"):
    """By a person, or because nobody let a paused one go on."""

    run_id: int
    because: Literal["person", "paused_too_long"]
    withdrawn: int


class Ended(Payload, kind="phone_drill.ended"):
    run_id: int
    people: int
    reached: int
    answered: int


class Exported(Payload, kind="phone_drill.exported"):
    """A copy of a run's results left the house."""

    run_id: int
    people: int


def record(session: Session, drill_id: int, payload: Payload) -> None:
    """Record an entry on a drill's stream."""
    journal.record(session, f"phone_drill:{drill_id}", payload, exercise=True)


SENTENCES: dict[str, tuple[str, str]] = {
    "phone_drill.planned": ("计划呼叫演练，涉及{people}人", "Planned for {people} people"),
    "phone_drill.cancelled": ("取消计划", "Cancelled"),
    "phone_drill.began": ("开始呼叫{people}人", "Began: {people} people to call"),
    "phone_drill.missed": ("错过（迟到{minutes_late}分钟），未补做", "Missed ({minutes_late} min late), not held"),
    "phone_drill.called": ("呼叫{person_id}，第{place}种方式", "Called {person_id}, way {place}"),
    "phone_drill.no_method": ("{person_id}没有可用的联系方式", "{person_id} has no way to be reached"),
    "phone_drill.answered": ("{person_id}应答，用时{seconds}秒", "{person_id} answered after {seconds} s"),
    "phone_drill.paused": (
        "因Ⅰ级或Ⅱ级真实事件暂停，撤回{withdrawn}条",
        "Paused for a real incident of tier I or II; {withdrawn} messages taken back",
    ),
    "phone_drill.resumed": ("继续", "Resumed"),
    "phone_drill.stopped": ("停止，撤回{withdrawn}条", "Stopped; {withdrawn} messages taken back"),
    "phone_drill.ended": (
        "结束：共{people}人，送达{reached}人，应答{answered}人",
        "Ended: of {people} people {reached} were reached, {answered} answered",
    ),
    "phone_drill.exported": ("导出{people}人的结果", "Results of {people} people exported"),
}
"""The words of these entries, by kind: (zh, en). Places in braces are fields of the entry, people by name."""
