"""What a phone drill says, in both languages. The engine sends it, outside of any request, so it does not come from the catalogues.

Every text begins with the mark of an exercise and says that nothing has happened: nobody may drive to a site because of one."""

from command.core.settings import Settings
from command.people.models import Person


def call(person: Person, settings: Settings, name: str, said: str, how: tuple[str | None, str | None] | None) -> str:
    """The message that calls a person. `how` it is answered: by a code, by an address, None for a way that is closed; without any the
    command centre's number is named. None: it says nothing of that."""
    texts = TEXTS[_language(person)]
    operator = settings.operator_name_zh if _language(person) == "zh" else settings.operator_name_en
    told = {"operator": operator, "name": name, "said": _sentence(said, texts["stop"])}
    return texts["call"] % {**told, "how": texts["then"] + _how(texts, settings, *how) if how else ""}


def _how(texts: dict[str, str], settings: Settings, code: str | None, link: str | None) -> str:
    ways = [texts["code"] % code] if code else []
    ways += [texts["link"] % link] if link else []
    return texts["or"].join(ways) if ways else texts["signed_in"] % (settings.centre_hotline or settings.hotline)


def answer(person: Person, which: str, name: str, settings: Settings, code: str = "") -> str:
    """What is said back to an answer."""
    hotline = settings.centre_hotline or settings.hotline
    return TEXTS[_language(person)][which] % {"name": name, "code": code, "hotline": hotline}


def spoken(language: str, which: str) -> str:
    """What a call says last to whoever pressed the key."""
    return SPOKEN["zh" if language == "zh" else "en"][which]


def _language(person: Person) -> str:
    return "zh" if person.language == "zh" else "en"


def _sentence(said: str, stop: str) -> str:
    text = said.strip()
    return text + ("" if not text or text[-1] in "。！？.!?" else stop.strip()) + (" " if text and stop == ". " else "")


TEXTS = {
    "zh": {
        "call": "【演练】%(operator)s呼叫演练：%(name)s。%(said)s这是演练，没有发生真实事件。%(how)s",
        "code": "请回复%s或“收到”应答",
        "link": "打开%s",
        "or": "，或",
        "signed_in": "请登录系统应答，或致电%s",
        "stop": "。",
        "then": "",
        "answered": "【演练】已记录您的应答：%(name)s。无需其他操作。",
        "again": "【演练】您已应答过：%(name)s。",
        "late": "【演练】%(name)s已结束，您的应答已按迟到记录。",
        "over": "【演练】%(name)s已停止，无需应答。",
        "missed": "【演练】%(name)s未能举行：到时没有引擎运行。下次计划不变。",
        "paused": "【演练】%(name)s已暂停：正在处置Ⅰ级或Ⅱ级真实事件。可在演练页面继续或停止。",
        "unclear": "【演练】未能识别。应答请回复%(code)s或“收到”。如有真实事件，请致电%(hotline)s。",
    },
    "en": {
        "call": "[DRILL] %(operator)s phone drill: %(name)s. %(said)sThis is a drill: nothing has happened.%(how)s",
        "code": "Reply %s or ACK to answer",
        "link": "open %s",
        "or": ", or ",
        "signed_in": "Sign in to answer, or call %s",
        "stop": ". ",
        "then": " ",
        "answered": "[DRILL] Your answer is noted: %(name)s. Nothing else to do.",
        "again": "[DRILL] You have already answered: %(name)s.",
        "late": "[DRILL] %(name)s is over; your answer is noted as late.",
        "over": "[DRILL] %(name)s was stopped; no answer is needed.",
        "missed": "[DRILL] %(name)s was not held: no engine ran when it was due. What is planned next stays planned.",
        "paused": "[DRILL] %(name)s is paused: a real incident of tier I or II goes on. Its page lets it go on or stops it.",
        "unclear": "[DRILL] Not understood. To answer, reply %(code)s or ACK. If something has really happened, call %(hotline)s.",
    },
}

SPOKEN = {
    "zh": {
        "answered": "已记录您的应答。这是演练，谢谢。",
        "again": "您已应答过。这是演练，谢谢。",
        "late": "演练已结束，您的应答已按迟到记录。",
        "over": "演练已停止，无需应答。",
    },
    "en": {
        "answered": "Your answer is noted. This was a drill. Thank you.",
        "again": "You have already answered. This was a drill. Thank you.",
        "late": "The drill is over; your answer is noted as late.",
        "over": "The drill was stopped; no answer is needed.",
    },
}
