"""Doing something with a warning for whoever asks: who may, the row under lock, and the risk room told of what came of its risk."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from command.people.access import Principal, must, within_scopes
from command.people.authority import Override
from command.warnings import entries, service
from command.warnings.asked import IssueIn, facts
from command.warnings.models import Source, Warning

ACT = "issue_warning"
Verb = Callable[[Session, Warning], object]
raised_from: list[Callable[[Session, str, str], None]] = []
"""Each hears that a warning was raised from a risk: the codes of the risk and of the warning. Joined where the application is put
together, as is `prefilled`."""
prefilled: list[Callable[[Session, str], Mapping[str, str]]] = []
"""Each says what the form of a new warning begins with, for the code of a risk; nothing for one it does not know."""


def may(who: Principal, override: str) -> bool:
    """Whether they do it on their own word; raise Denied where they may not. A machine's token, or one for warnings alone, was asked for
    its scope at the door."""
    if who.source is not None or not within_scopes(who, ACT):
        return False
    return isinstance(must(who, ACT, override=bool(override.strip())), Override)


def issue(session: Session, asked: IssueIn, source: Source, who: Principal, override: str = "") -> Warning:
    """Issue what was asked for."""
    alone = may(who, override)
    if (before := service.again(session, asked.key or None)) is not None:
        return before
    row = service.issue(
        session,
        facts(asked),
        Source.RISK if asked.risk else source,
        exercise=asked.exercise,
        confirmed=asked.confirm,
        risk=asked.risk,
        key=asked.key or None,
    )
    if alone:
        entries.overridden(session, row, ACT, who.person_id, override)
    tell_risk(session, row)
    return row


def act(session: Session, code: str, who: Principal, verb: Verb, override: str = "") -> Warning:
    """Do something with a locked warning."""
    alone = may(who, override)
    row = service.find(session, code, locked=True)
    verb(session, row)
    if alone:
        entries.overridden(session, row, ACT, who.person_id, override)
    return row


def tell_risk(session: Session, row: Warning) -> None:
    """Let the room of risks hear of a warning that names one."""
    if row.risk and not row.exercise:
        for hear in raised_from:
            hear(session, row.risk, row.code)
