"""What to say to a caller, in both languages: the script of the incident's plan, filled with what is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from command.complaints import wording
from command.complaints.lookup import Found, Hit
from command.core import clock
from command.incidents import telling
from command.incidents.models import Incident
from playbooks.scripts import Script
from playbooks.templates import Language, TemplateError, render
from playbooks.texts import Text

LANGUAGES: tuple[Language, Language] = ("zh", "en")
Pair = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Saying:
    """`opening` comes first; `answers` are (question, answer). `eta` and `next_update` are what may be promised, None: nothing."""

    opening: Pair
    answers: tuple[tuple[Pair, Pair], ...] = ()
    eta: datetime | None = None
    next_update: datetime | None = None


def to_caller(session: Session, found: Found) -> Saying:
    """What an agent says to the caller who was found: about what affects them now, what did, or that nothing is known."""
    if found.subscriber is None:
        return Saying(both(wording.NOT_OURS))
    if not found.hits:
        return Saying(both(wording.NOT_AFFECTED))
    return about(session, found.hits[0])


def about(session: Session, hit: Hit) -> Saying:
    """What is said about one incident. Where its plan has no script, the notice's own words stand in."""
    incident = hit.incident
    try:
        _, tier = telling.plan_of(session, incident)
    except telling.NoPlan:
        return Saying(both(wording.NOT_AFFECTED))
    fields = {language: _fields(session, hit, language) for language in LANGUAGES}
    upcoming = telling.promised(session, incident, tier)
    script = tier.script or _stand_in()
    opening: Text = script.affected if hit.sure else wording.MAYBE
    if hit.until:
        opening = script.restored
    return Saying(
        opening=_filled(opening, fields),
        answers=tuple((both(each.question), _filled(each.answer, fields)) for each in script.answers),
        eta=eta_of(session, incident),
        next_update=upcoming,
    )


def eta_of(session: Session, incident: Incident) -> datetime | None:
    """The ETA, while it is still ahead: a past one is no promise."""
    now = clock.now(session)
    return incident.eta if incident.eta and incident.eta > now and incident.restored_at is None else None


def both(text: Text) -> Pair:
    """A text by language."""
    return {"zh": text.zh, "en": text.en}


def _fields(session: Session, hit: Hit, language: Language) -> dict[str, str | None]:
    """The fields of a notice, but with the caller's own services and times, and the next update as it was promised."""
    fields = telling.fields(session, hit.incident, language)
    _, tier = telling.plan_of(session, hit.incident)
    names = [service.name_zh if language == "zh" else service.name_en for service in hit.services]
    plain = [telling.plain_name(name, language) for name in names[: telling.MOST]]
    fields["services"] = telling.AND[language].join(plain) or fields["services"]
    fields["since"] = telling.moment(session, hit.since, language)
    fields["next_update"] = telling.moment(session, telling.promised(session, hit.incident, tier), language)
    if hit.until:
        fields["restored_at"] = telling.moment(session, hit.until, language)
    return fields


def _filled(text: Text, fields: Mapping[Language, Mapping[str, str | None]]) -> Pair:
    return {"zh": _said(text.zh, fields["zh"]), "en": _said(text.en, fields["en"])}


def _said(template: str, fields: Mapping[str, str | None]) -> str:
    """A text filled; nothing where a field it cannot do without is not known."""
    try:
        return render(template, fields)
    except TemplateError:
        return ""


def _stand_in() -> Script:
    """The script where a plan of before there were scripts is followed."""
    return Script.model_validate({"affected": _AFFECTED, "restored": _RESTORED, "answers": ()})


_AFFECTED = {
    "zh": "您好，经查询，{area}部分用户自{since}起{services}服务异常，您的号码在受影响范围内。我们正在处理[，预计{eta}前恢复]。[{advice}]",
    "en": "I have checked: since {since} some customers in {area} cannot use {services} as usual, and your number is among them. "
    "We are working on it[ and expect to restore service by {eta}]. [{advice}]",
}
_RESTORED = {
    "zh": "您好，{area}{services}服务已于{restored_at}恢复。如仍异常，我现在就为您登记。",
    "en": "Service in {area} ({services}) was restored at {restored_at}. If it still fails, I will take your case now.",
}
