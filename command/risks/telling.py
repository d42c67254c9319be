"""What the owner of a risk is told when its early-warning sign is there, in both languages. Warnings may come outside of any request, so it
does not come from the catalogues."""

from datetime import timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import telling
from command.people.models import Person
from command.risks.models import Risk

ACT = {"zh": "查看", "en": "look at it"}


def tell(session: Session, owner: Person, risk: Risk) -> bool:
    """Queue a text to the owner, at once: a warning does not wait for the morning. False where they cannot be reached."""
    text = {
        "zh": f"风险“{risk.name_zh}”出现预警征兆。" + (f"征兆：{risk.sign_zh}。" if risk.sign_zh else ""),
        "en": f"the early-warning sign of the risk “{risk.name_en}” is there."
        + (f" Sign: {risk.sign_en}." if risk.sign_en else ""),
    }
    begins = clock.now(session) + timedelta(minutes=1)
    return telling.tell(session, owner, telling.Said(text, begins, ACT, f"/risks/{risk.code}")) is not None
