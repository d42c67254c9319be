"""What the hotline says and the app shows of an outage: the text that was approved and sent, made for the ear and for a banner.

Nobody writes these texts anew. They are the latest notice of an incident that a person or a plan approved and that still stands, so that
whoever cannot be told (their phone is dead) hears what the others read. A correction stands in for what it corrects from its approval on.
Nothing is said of exercises, of restricted incidents, of what is withdrawn, nor of an incident whose service is back."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import Settings
from command.incidents import telling
from command.incidents.guards import State
from command.incidents.models import Incident
from command.notices.drafting import texts_of
from command.notices.models import Kind, Notice, NoticeState
from command.status.models import AnnouncementOut, TextOut

GOING = (State.ASSESSED, State.RESPONDING)
TOLD = (Kind.FIRST, Kind.UPDATE, Kind.CORRECTION)
STANDING = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)
MOST = 20
"""Announcements at a time, the newest first: a menu that reads out more is no help."""
_SIGNATURE = re.compile(r"^\s*(?:【[^】]*】|\[[^\]]*\])\s*")
_LINK = re.compile(r"\s*https?://\S+", re.IGNORECASE)
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_TITLES: Mapping[str, TextOut] = {
    Kind.FIRST: TextOut(zh="网络故障通知", en="Network outage"),
    Kind.UPDATE: TextOut(zh="网络故障进展", en="Outage update"),
    Kind.CORRECTION: TextOut(zh="更正通知", en="Correction"),
}
_SAID: Mapping[str, str] = {"zh": "以下为{at}发布的通知。{text}", "en": "This was announced at {at}. {text}"}


def now(session: Session, settings: Settings) -> list[AnnouncementOut]:
    """What stands now, the newest first: one announcement an incident."""
    at = clock.now(session)
    chosen: dict[int, Notice] = {}
    for notice in session.scalars(_standing()):
        chosen.setdefault(notice.incident_id, notice)
    return [_made(session, settings, notice, at) for notice in list(chosen.values())[:MOST]]


def _standing() -> Select[Notice]:
    """Notices that the public was told by and that nobody took back, of incidents whose service is not back, the newest first."""
    public = (Incident.exercise.is_(False), Incident.restricted.is_(False), Incident.state.in_(GOING))
    return (
        select(Notice)
        .join(Incident, Incident.id == Notice.incident_id)
        .where(*public, Incident.restored_at.is_(None), Incident.quiet_at.is_(None))
        .where(Notice.exercise.is_(False), Notice.kind.in_(TOLD), Notice.state.in_(STANDING))
        .where(Notice.approved_at.is_not(None))
        .order_by(Notice.approved_at.desc(), Notice.id.desc())
    )


def _made(session: Session, settings: Settings, notice: Notice, now: datetime) -> AnnouncementOut:
    texts = texts_of(session, notice)
    issued = notice.approved_at
    assert issued is not None
    banner = {language: for_banner(text, settings) for language, text in texts.items()}
    spoken = {
        language: for_ear(text, telling.moment(session, issued, _language(language)) or "", language)
        for language, text in banner.items()
    }
    return AnnouncementOut(
        id=f"n{notice.id}",
        kind=notice.kind,
        title=_TITLES[notice.kind],
        banner=_both(banner),
        spoken=_both(spoken),
        issued_at=issued,
        good_until=issued + timedelta(minutes=notice.validity_minutes),
        outdated=now > issued + timedelta(minutes=notice.validity_minutes),
        notice_id=notice.id,
        incident=notice.incident_number,
        approved_by=notice.approved_by or "",
    )


def _language(language: str) -> Any:
    return "zh" if language == "zh" else "en"


def _both(texts: Mapping[str, str]) -> TextOut:
    """Both languages; where one is missing the other stands in, for silence would be worse."""
    some = next(iter(texts.values()), "")
    return TextOut(zh=texts.get("zh", some), en=texts.get("en", some))


def for_banner(text: str, settings: Settings) -> str:
    """A notice's text without the signature an SMS must bear: the app and the hotline are the operator's own. Pure."""
    bare = _SIGNATURE.sub("", text)
    for name in (settings.operator_name_zh, settings.operator_name_en):
        bare = bare.removeprefix(f"{name}: ").removeprefix(f"{name}：")
    return bare.strip()


def for_ear(text: str, at: str, language: str) -> str:
    """The words as they are read out: no links, times as they are spoken, and since when this is known. Pure."""
    said = _LINK.sub("", text).strip()
    words = _SAID[_language(language)].format(at=at, text=said)
    return _CLOCK.sub(lambda found: _spoken_time(found, language), words)


def _spoken_time(found: re.Match[str], language: str) -> str:
    hour, minute = int(found[1]), int(found[2])
    if language == "zh":
        return f"{hour}点整" if minute == 0 else f"{hour}点{minute:02d}分"
    return f"{hour} {minute:02d}" if minute else f"{hour} o'clock"


def speech(announcements: Sequence[AnnouncementOut]) -> TextOut:
    """All that stands as one text for a hotline that can play only one; empty when nothing does. Pure."""
    return TextOut(
        zh="".join(each.spoken.zh for each in announcements), en=" ".join(each.spoken.en for each in announcements)
    )
