"""Taking a CAP message in: an Alert issues a warning, an Update raises, lowers or changes it, a Cancel lifts it. Each counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.core.problems import N_, Conflict, Invalid
from command.network.models import Area
from command.warnings import cap, covering, entries, service
from command.warnings.cap import Message, Place
from command.warnings.colours import RANK, Colour
from command.warnings.facts import Facts
from command.warnings.flags import parents
from command.warnings.models import Source, State, Warning, WarningMessage
from command.warnings.table import table

BETWEEN = str.maketrans(dict.fromkeys("、，,;；/\n", ";"))
"""What stands between the names of several areas in one description."""


class Did(StrEnum):
    """What became of a message."""

    ISSUED = "issued"
    RAISED = "raised"
    LOWERED = "lowered"
    CHANGED = "changed"
    LIFTED = "lifted"
    SAME = "same"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Taken:
    """The warning a message is about, what it did to it, and the areas it names that are none of ours."""

    warning: Warning
    did: tuple[Did, ...]
    unmatched: tuple[str, ...] = ()


def take(session: Session, data: bytes, source: Source, *, confirmed: bool = False) -> Taken:
    """Take a message in, as a file holds it; raise Invalid for one that cannot be used, Conflict where a warning like it holds there."""
    message = cap.read(data, table())
    count_up(session, service.LOCK)
    known = session.scalar(select(WarningMessage).where(*_same(message.ref)))
    if known is not None:
        return Taken(session.get_one(Warning, known.warning_id), (Did.KNOWN,))
    before = _before(session, message)
    if message.kind == "Cancel":
        return _cancel(session, message, before)
    codes, unmatched = matched(session, message.places)
    said = _facts(message, codes)
    if before is None or before.state != State.LIVE:
        row = service.issue(session, said, source, exercise=message.exercise, confirmed=confirmed, unmatched=unmatched)
        return _kept(session, message, row, (Did.ISSUED,), unmatched)
    did = _update(session, before, said, unmatched, "CAP Update " + ",".join(message.ref), confirmed)
    return _kept(session, message, before, did, unmatched)


def _same(ref: cap.Ref) -> tuple[ColumnElement[bool], ...]:
    sender, identifier, sent = ref
    return (
        WarningMessage.sender == sender,
        WarningMessage.identifier == identifier,
        WarningMessage.sent == sent,
    )


def _before(session: Session, message: Message) -> Warning | None:
    """The warning, locked, of the last message that this one refers to."""
    for sender, identifier, sent in reversed(message.about):
        found = session.scalar(select(WarningMessage).where(*_same((sender, identifier, sent))))
        if found is not None:
            if found.exercise is not message.exercise:
                raise Conflict(
                    N_("An exercise and a real event are never one."),
                    field="file",
                    remedy=N_("Ask the issuer which of the two it is."),
                )
            code = session.get_one(Warning, found.warning_id).code
            return service.find(session, code, locked=True)
    return None


def _cancel(session: Session, message: Message, before: Warning | None) -> Taken:
    if before is None:
        raise Invalid(
            N_("The CAP message cancels one that was never taken in."),
            field="file",
            remedy=N_("Nothing is left to do for it, unless somebody entered that warning by hand."),
        )
    did: tuple[Did, ...] = (Did.SAME,)
    if before.state == State.LIVE:
        service.lift(session, before, "CAP Cancel " + ",".join(message.ref))
        did = (Did.LIFTED,)
    return _kept(session, message, before, did, ())


def _update(
    session: Session, row: Warning, said: Facts, unmatched: Sequence[str], reason: str, confirmed: bool
) -> tuple[Did, ...]:
    did = []
    if RANK[Colour(said.colour)] > RANK[Colour(row.colour)]:
        service.raise_to(session, row, said.colour, reason)
        did.append(Did.RAISED)
    elif said.colour != row.colour:
        service.lower_to(session, row, said.colour, reason)
        did.append(Did.LOWERED)
    if service.differs(session, row, said):
        service.change(session, row, said, reason, confirmed=confirmed, unmatched=unmatched)
        did.append(Did.CHANGED)
    return tuple(did) or (Did.SAME,)


def _kept(session: Session, message: Message, row: Warning, did: tuple[Did, ...], unmatched: Sequence[str]) -> Taken:
    sender, identifier, sent = message.ref
    kept = WarningMessage(
        sender=sender,
        identifier=identifier,
        sent=sent,
        kind=message.kind.lower(),
        warning_id=row.id,
        at=clock.now(session),
        exercise=row.exercise,
    )
    session.add(kept)
    session.flush()
    taken = entries.MessageTaken(message_id=kept.id, message=kept.kind, unmatched=len(unmatched))
    entries.record(session, row, taken)
    return Taken(row, did, tuple(unmatched))


def _facts(message: Message, codes: Sequence[str]) -> Facts:
    if message.until_at is None:
        raise Invalid(N_("A warning has an end."), field="file", remedy=N_("Ask its issuer until when it holds."))
    heads: Mapping[str, str] = message.headlines or {}
    texts: Mapping[str, str] = message.texts or {}
    return Facts(
        issuer=message.issuer,
        event=message.event,
        colour=message.colour,
        areas=codes,
        from_at=message.from_at,
        until_at=message.until_at,
        headline_zh=heads.get("zh", ""),
        headline_en=heads.get("en", ""),
        text_zh=texts.get("zh", ""),
        text_en=texts.get("en", ""),
        reference=message.ref[1][:120],
    )


def matched(session: Session, places: Sequence[Place]) -> tuple[list[str], list[str]]:
    """Codes of our areas that a message names, without those inside another, and the names of those that are none of ours. Raise Invalid
    naming them where it is none at all."""
    rows = session.scalars(select(Area)).all()
    codes = {area.code for area in rows}
    by_name = {name.casefold(): area.code for area in rows for name in (area.name_zh, area.name_en)}
    found: list[str] = []
    unmatched: list[str] = []
    for place in places:
        mine = [code for each in place.codes if (code := _ours(each, codes)) is not None]
        if mine:
            found += mine
            continue
        for name in filter(None, (part.strip() for part in place.words.translate(BETWEEN).split(";"))):
            code = by_name.get(name.casefold())
            (found if code else unmatched).append(code or name)
    if not found:
        raise Invalid(
            N_("None of the areas of the CAP message is on file: %(names)s."),
            field="file",
            remedy=N_("Enter the warning by hand for your own areas."),
            names=", ".join(unmatched[:10]) or "–",
        )
    above, chosen = parents(session), set(found)
    outer = [code for code in dict.fromkeys(found) if chosen.isdisjoint(list(covering.upward(above, code))[1:])]
    return outer, list(dict.fromkeys(unmatched))


def _ours(code: str, known: set[str]) -> str | None:
    """The code itself, or what is left of one that is filled up with pairs of noughts, as statistical codes are."""
    while code not in known and code.endswith("00") and len(code) > 2:
        code = code[:-2]
    return code if code in known else None
