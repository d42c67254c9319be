"""What people can be reached by, and another way to answer, said in the text of a page that cannot be answered where it arrives. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from command.oncall.paging.wording import Ways

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Reach:
    """What this installation can do: the `ways` to answer of each kind of message it has gateways for, `all_two_way` that replies come back
    by every SMS gateway, `sms_to` a number that takes replies, `hotline` the command centre's, `zone` where people live who have chosen
    none. `down` are kinds none of whose gateways works now."""

    ways: Mapping[str, Ways] = field(default_factory=dict)
    all_two_way: bool = True
    sms_to: str | None = None
    hotline: str = ""
    zone: ZoneInfo = CHINA
    down: Collection[str] = ()

    def has(self, kind: str) -> bool:
        return kind == "sms" or kind in self.ways


def also(language: str, code: str, ways: Ways, reach: Reach) -> str:
    """A sentence that names another way, or nothing where the page itself can be answered by everybody it may reach.

    A number that takes replies is named where none come back here, or not by every gateway the message may take. Where there is neither
    such a number nor a link, the command centre's number is."""
    said = _TEXTS["zh" if language == "zh" else "en"]
    if reach.sms_to is not None and not (ways.code and reach.all_two_way):
        return said["sms"] % {"code": code, "number": reach.sms_to}
    if not ways.code and not ways.link and reach.hotline:
        return said["hotline"] % {"number": reach.hotline}
    return ""


_TEXTS = {
    "zh": {
        "sms": "也可发短信%(code)s到%(number)s应答。",
        "hotline": "请登录系统应答，或致电%(number)s。",
    },
    "en": {
        "sms": " You can also answer by SMS: send %(code)s to %(number)s.",
        "hotline": " Sign in to answer, or call %(number)s.",
    },
}
"""The engine sends them, outside of any request of a reader, so these do not come from the catalogues."""
