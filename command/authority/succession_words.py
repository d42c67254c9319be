"""What is said when a commander is silent, in both languages. The engine sends it, outside of any request, so it does not come from the
catalogues."""

from command.core import names
from command.core.settings import Settings
from command.incidents.activation import TIER_WORDS
from command.incidents.models import Incident
from command.people.models import Person

OFFERED = {
    "zh": "%(number)s：您已%(minutes)d分钟没有动作，正在呼叫副职接管指挥。",
    "en": "%(number)s: no sign of you for %(minutes)d min; your deputies are being paged to take command.",
}
TAKEN = {
    "zh": "%(number)s：指挥已由%(to)s接替。",
    "en": "%(number)s: %(to)s has taken command.",
}
ACT = {"zh": "打开事件", "en": "open the incident"}


def page(operator: Settings, incident: Incident, commander: Person, minutes: int) -> dict[str, str]:
    """The page to whoever comes next; {code} and {link} are filled in by the room that pages."""
    tier_zh, tier_en = TIER_WORDS[incident.tier]
    zh = f"【{operator.operator_name_zh}】{incident.number} 事件等级{tier_zh}：总指挥{commander.name_zh}{minutes}分钟无回应，请您接管指挥"
    en = f"{operator.operator_name_en}: {incident.number}, {tier_en}: commander {commander.name_en} silent for {minutes} min"
    return {
        "zh": _escaped(zh) + "。应答即接任总指挥：[回复{code} ][打开{link}]",
        "en": _escaped(en) + ". Whoever acknowledges takes command: [reply {code} ][or open {link}]",
    }


def called(person: Person | None, language: str) -> str:
    """Somebody's name; nothing for nobody."""
    return names.of(person, language) if person else ""


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
