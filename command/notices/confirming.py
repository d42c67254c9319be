"""One SMS that confirms an opt-out or a return to a subscriber, where the operator wants it and the gateway takes replies."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.messages import policy
from command.messages.handlers import Called, InboundMessage
from command.network.models import Subscriber
from playbooks.templates import Language, render


def subscribed(session: Session, message: InboundMessage, back: bool) -> str | None:
    """What to answer to a subscriber whose STOP or START changed something; None where nothing is confirmed, or it is no subscriber. It
    answers a message that changed something, and so comes once."""
    rule, house = policy.current(session).opt_out, policy.settings(session)
    if not rule.confirm or message.exercise or not _two_way(session, message.gateway):
        return None
    tongue = session.scalar(select(Subscriber.language).where(Subscriber.number_index == message.sender_index))
    if tongue is None:
        return None
    language: Language = "zh" if tongue == "zh" else "en"
    text = getattr(rule.texts.back if back else rule.texts.left, language)
    name = house.operator_name_zh if language == "zh" else house.operator_name_en
    return Called(render(text, {"operator": name, "hotline": house.hotline}))


def _two_way(session: Session, gateway: str) -> bool:
    """Whether a gateway brings replies back; one that is not in the settings just did."""
    given = {each.name: each.two_way for each in policy.settings(session).gateways}
    return given.get(gateway, True)
