"""The words of a bulletin, in both languages, from what is known at one moment. Pure: the journal's facts in, text out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from command.bulletins import figures
from command.incidents.bulletin_sentences import BULLETINS
from playbooks.templates import Language

MARKS: Mapping[Language, str] = {"zh": "【演练】", "en": "[DRILL] "}
HEADS: Mapping[str, tuple[str, str]] = {
    "figures": ("数据（截至{as_of}）", "Figures (as of {as_of})"),
    "impact": ("受影响业务与区域", "Services and areas affected"),
    "timeline": ("主要经过", "Main events"),
    "measures": ("已采取措施", "Measures taken"),
    "asked": ("请求支援", "What is asked for"),
    "eta": ("预计恢复时间", "Service expected back"),
    "restored": ("恢复时间", "Service restored"),
    "next": ("下次信息通报", "Next bulletin"),
    "cause": ("原因", "Cause"),
}
UNKNOWN: Mapping[Language, str] = {"zh": "尚无法确定", "en": "not known yet"}
WHY: Mapping[str, tuple[str, str]] = {
    "eta": ("预计{expected}恢复，晚于时限", "service is expected back at {expected}, after the limit"),
    "projected": (
        "按预案预判{expected}恢复，晚于时限",
        "by the plan's projection service is back at {expected}, after it",
    ),
    "used": ("时限已用去{used}%，仍有{tasks}项任务未完成", "{used} % of the time has gone and {tasks} tasks are open"),
    "breached": ("时限已过，服务尚未恢复", "the limit has passed and service is not back"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a bulletin says, in one language. `sentence` is the plan's own text; lists are lines in order; times are words already."""

    language: Language
    operator: str
    kind: str
    bulletin: int
    incident: str
    exercise: bool
    as_of: str
    sentence: str
    short_sentence: str
    figures: Mapping[str, int | float]
    impact: Sequence[str]
    timeline: Sequence[str]
    measures: Sequence[str]
    asked: Sequence[str]
    eta: str | None
    restored: str | None
    next: str | None
    cause: str | None
    corrects: int | None = None


def whole(known: Known) -> str:
    """The whole text."""
    parts = [
        _heading(known),
        known.sentence,
        _section(known, "figures", figure_lines(known.figures, known.language)),
        _section(known, "impact", known.impact),
        _section(known, "timeline", known.timeline),
        _section(known, "measures", known.measures),
        _section(known, "cause", [known.cause] if known.cause else []),
        _section(known, "asked", known.asked),
        _ends(known),
    ]
    return "\n\n".join(part for part in parts if part)


def short(known: Known) -> str:
    """The text for those who see less: what is affected and until when, what is asked; no cause, course or measures."""
    shown = {name: value for name, value in known.figures.items() if name in figures.SHORT}
    parts = [
        _heading(known),
        known.short_sentence,
        _section(known, "figures", figure_lines(shown, known.language)),
        _section(known, "asked", known.asked),
        _ends(known),
    ]
    return "\n\n".join(part for part in parts if part)


def figure_lines(given: Mapping[str, int | float], language: Language) -> list[str]:
    """Figures as lines, in the order in which they are given."""
    sign = "：" if language == "zh" else ": "
    return [f"{figures.words(name, language)}{sign}{value:,}" for name, value in given.items()]


def _heading(known: Known) -> str:
    """The first line, the subject of the mail: whose, which, about what."""
    mark = MARKS[known.language] if known.exercise else ""
    kind = BULLETINS[known.kind][0 if known.language == "zh" else 1]
    if known.language == "zh":
        again = f"，更正第{known.corrects}号" if known.corrects else ""
        return f"{mark}{known.operator}信息通报第{known.bulletin}号（{kind}{again}）：{known.incident}"
    again = f", corrects no. {known.corrects}" if known.corrects else ""
    return f"{mark}{known.operator}, bulletin no. {known.bulletin} ({kind}{again}): {known.incident}"


def _section(known: Known, name: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    head = HEADS[name][0 if known.language == "zh" else 1].format(as_of=known.as_of)
    return "\n".join([head, *(f"- {line}" for line in lines)])


def _ends(known: Known) -> str:
    sign, at = ("：", 0) if known.language == "zh" else (": ", 1)
    lines = []
    if known.restored:
        lines.append(f"{HEADS['restored'][at]}{sign}{known.restored}")
    else:
        lines.append(f"{HEADS['eta'][at]}{sign}{known.eta or UNKNOWN[known.language]}")
    if known.next:
        lines.append(f"{HEADS['next'][at]}{sign}{known.next}")
    return "\n".join(lines)


def why(reason: str, language: Language, *, expected: str, used: int, tasks: int) -> str:
    """Why a time limit will not be met."""
    pair = WHY[reason]
    return pair[0 if language == "zh" else 1].format(expected=expected, used=used, tasks=tasks)
