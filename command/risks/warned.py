"""What a warning takes from the risk it is raised from, and what the risk knows of it: its sign is there, and its history says so."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from command.core.problems import Invalid, NotFound
from command.risks import entries, register


def heard(session: Session, code: str, warning: str) -> None:
    """A warning was raised from a risk: on its record, its sign is there, and its owner is told where that is news. Raise Invalid for a
    risk that is not on the register, Conflict for a retired one."""
    try:
        risk = register.find(session, code, locked=True)
    except NotFound as missing:
        raise Invalid(missing.detail, field="risk", remedy=missing.remedy, **missing.values) from missing
    register.sign(session, risk, warning)
    entries.record(session, risk, entries.Warned(warning=warning))


def form(session: Session, code: str) -> Mapping[str, str]:
    """What the form of a warning begins with; nothing for a risk that is not on the register."""
    try:
        risk = register.find(session, code)
    except NotFound:
        return {}
    return {
        "risk": risk.code,
        "areas": "; ".join(risk.areas),
        "headline_zh": risk.name_zh,
        "headline_en": risk.name_en,
        "text_zh": risk.sign_zh,
        "text_en": risk.sign_en,
        "reference": risk.code,
        "event": "network_risk" if risk.kind != "natural_disaster" else "",
    }
