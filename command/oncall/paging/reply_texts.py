"""What is answered to those on call, in both languages. The engine sends it, outside of any request, so it does not come from the
catalogues."""

from collections.abc import Sequence

from command.core import names
from command.oncall.models import Page
from command.people.models import Person


class Texts:
    """The answers in one language."""

    def __init__(self, language: str) -> None:
        self._language = "zh" if language == "zh" else "en"
        self._texts = TEXTS[self._language]

    def say(self, name: str, /, **values: str) -> str:
        """One answer with its values."""
        return self._texts[name] % values

    def names(self, page: Page, taker: Person | None) -> dict[str, str]:
        """The values an answer about a page may name."""
        by = names.of(taker, self._language) if taker else ""
        return {"number": page.incident_number, "code": page.code, "taker": by}

    def join(self, said: Sequence[str]) -> str:
        """Several answers in one message."""
        return self._texts["and"].join(said)


TEXTS = {
    "zh": {
        "acknowledge": "已应答：%(number)s。",
        "en_route": "已记录在途：%(number)s。",
        "on_scene": "已记录到场：%(number)s。",
        "help": "未能识别。应答请回复代码或“收到”：%(codes)s",
        "help_asked": "已求助：%(number)s，正在呼叫下一位。",
        "declined": "已记录无法到场：%(number)s，正在呼叫下一位。",
        "declined_over": "已记录无法到场：%(number)s。",
        "done": "已记录完成：%(number)s。",
        "update": "进展已写入处置日志：%(number)s。",
        "mine": "您已应答过 %(number)s（%(code)s）。",
        "taken": "%(number)s（%(code)s）已由%(taker)s应答，无需再应答。",
        "over": "%(number)s（%(code)s）的呼叫已结束，无需应答。",
        "first": "%(number)s（%(code)s）尚未应答，请先回复“收到”。",
        "further": "%(number)s（%(code)s）：您之前报告的进度更靠后，未作更改。",
        "there": "%(number)s（%(code)s）：您已到场。需要他人接替请回复“求助”。",
        "failed": "%(number)s（%(code)s）：未能记录，请致电指挥中心。",
        "empty": "请在“进展”后写明内容。",
        "which": "您有多个呼叫，请回复其中的代码：%(codes)s",
        "unknown": "没有代码为 %(codes)s 的呼叫。",
        "open": "待应答：%(codes)s",
        "none": "您没有待应答的呼叫。",
        "subscribed": "已恢复接收通知。",
        "unsubscribed": "已退订通知。值班呼叫仍会发给您，但运营商可能拦截，已告知值班长；恢复请回复 START。",
        "told_stop": "%(name)s 回复了退订（STOP），短信呼叫可能无法送达，请电话确认并请其回复 START。",
        "and": "",
    },
    "en": {
        "acknowledge": "Acknowledged: %(number)s.",
        "en_route": "Noted, you are en route: %(number)s.",
        "on_scene": "Noted, you are on scene: %(number)s.",
        "help": "Not understood. To acknowledge, reply ACK or the code: %(codes)s",
        "help_asked": "Help is asked for: %(number)s; the next person is being paged.",
        "declined": "Noted, you cannot come: %(number)s; the next person is being paged.",
        "declined_over": "Noted, you cannot come: %(number)s.",
        "done": "Noted, you are done: %(number)s.",
        "update": "Written into the journal: %(number)s.",
        "mine": "You have already acknowledged %(number)s (%(code)s).",
        "taken": "%(taker)s has acknowledged %(number)s (%(code)s); nothing is left for you to do.",
        "over": "The page for %(number)s (%(code)s) is over; no answer is needed.",
        "first": "%(number)s (%(code)s) is not acknowledged yet; reply ACK first.",
        "further": "%(number)s (%(code)s): you have reported more than that already; nothing changed.",
        "there": "%(number)s (%(code)s): you are on scene already. If somebody has to take over, reply HELP.",
        "failed": "%(number)s (%(code)s): this could not be kept; call the command centre.",
        "empty": "Write what you report after UPDATE.",
        "which": "You have several pages. Reply with their codes: %(codes)s",
        "unknown": "No page has the code %(codes)s. ",
        "open": "Waiting for you: %(codes)s",
        "none": "You have no page to acknowledge.",
        "subscribed": "You receive notices again.",
        "unsubscribed": "No more notices. You are still paged, but the carrier may block it; the duty officer knows. Reply START to undo.",
        "told_stop": "%(name)s replied STOP: pages by SMS may not arrive. Call them, and ask them to reply START.",
        "and": " ",
    },
}
