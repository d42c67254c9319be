"""A CAP 1.2 message as a value: what it says, in which colour, for which areas by their own names. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command.core.problems import N_, Invalid
from command.warnings import xml_tree
from command.warnings.colours import ORDER, Colour
from command.warnings.table import Cap, Table
from command.warnings.xml_tree import Node

SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MUST = ("identifier", "sender", "sent", "status", "msgType")
YEARS = range(1971, 2500)
"""Of times that can be meant."""
LIVE, EXERCISE = "Actual", "Exercise"
Ref = tuple[str, str, str]
"""What identifies a message: sender, identifier, sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area as the issuer names it: in words, and by codes of whatever scheme."""

    words: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `kind` is Alert, Update or Cancel; `event` a code of the table, and of a Cancel without one empty. Headlines and texts
    by language, of which either may be missing."""

    ref: Ref
    kind: str
    exercise: bool
    about: tuple[Ref, ...]
    issuer: str
    event: str = ""
    colour: Colour = Colour.BLUE
    from_at: datetime | None = None
    until_at: datetime | None = None
    headlines: Mapping[str, str] | None = None
    texts: Mapping[str, str] | None = None
    places: tuple[Place, ...] = ()


def read(data: bytes, table: Table) -> Message:
    """The message of a file; raise Invalid for what is none, for tests and drafts, and for an event that the table does not know."""
    root = xml_tree.read(data)
    if root.name != "alert" or root.space != SPACE:
        raise Invalid(
            N_("This is no CAP 1.2 message."),
            field="file",
            remedy=N_("Send an <alert> of the namespace %(space)s."),
            space=SPACE,
        )
    if missing := [name for name in MUST if not root.said(name)]:
        raise Invalid(
            N_("The CAP message lacks %(names)s."),
            field="file",
            remedy=N_("Ask its issuer for a message that follows CAP 1.2."),
            names=", ".join(missing),
        )
    status, kind = root.said("status"), root.said("msgType")
    if status not in (LIVE, EXERCISE):
        raise Invalid(
            N_("The CAP message has the status %(status)s; that is no warning."),
            field="file",
            remedy=N_("Actual messages are taken in, and Exercise as an exercise."),
            status=status[:32],
        )
    if kind not in ("Alert", "Update", "Cancel"):
        raise Invalid(
            N_("The CAP message is of type %(kind)s; that is no warning."),
            field="file",
            remedy=N_("Alert, Update and Cancel are taken in."),
            kind=kind[:32],
        )
    sent = _moment(root.said("sent"), "sent")
    about = _references(root.said("references"))
    if kind != "Alert" and not about:
        raise Invalid(
            N_("The CAP message does not say which one it follows."),
            field="file",
            remedy=N_("%(kind)s needs references: sender,identifier,sent."),
            kind=kind,
        )
    ref = (root.said("sender")[:200], root.said("identifier")[:200], root.said("sent")[:40])
    infos = root.all("info")
    issuer = next((name for each in infos if (name := each.said("senderName"))), ref[0])[:120]
    head = (ref, kind, status == EXERCISE, about, issuer)
    return Message(*head) if kind == "Cancel" else _whole(head, infos, sent, table)


Head = tuple[Ref, str, bool, tuple[Ref, ...], str]


def _whole(head: Head, infos: Sequence[Node], sent: datetime, table: Table) -> Message:
    if not infos:
        raise Invalid(N_("The CAP message lacks %(names)s."), field="file", remedy=N_("It says nothing."), names="info")
    first = infos[0]
    from_at = _moment(first.said("onset") or first.said("effective"), "onset") if _begins(first) else sent
    expires = first.said("expires")
    until_at = _moment(expires, "expires") if expires else from_at + timedelta(days=table.cap.longest_days)
    headlines, texts = _words(infos)
    return Message(
        *head,
        event=_event([each.said("event") for each in infos], table),
        colour=_colour(infos, table.cap),
        from_at=from_at,
        until_at=until_at,
        headlines=headlines,
        texts=texts,
        places=tuple(dict.fromkeys(_place(area) for each in infos for area in each.all("area"))),
    )


def _begins(info: Node) -> bool:
    return bool(info.said("onset") or info.said("effective"))


def _moment(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year not in YEARS:
        raise Invalid(
            N_("The CAP message has no usable time in %(name)s."),
            field="file",
            remedy=N_("Times are written as 2026-11-21T08:30:00+08:00."),
            name=name,
        )
    return at


def _references(text: str) -> tuple[Ref, ...]:
    found = []
    for part in text.split():
        pieces = part.split(",")
        if len(pieces) != 3 or not all(pieces):
            raise Invalid(
                N_("The CAP message refers to %(name)s, which is no reference."),
                field="file",
                remedy=N_("A reference is sender,identifier,sent."),
                name=part[:64],
            )
        found.append((pieces[0], pieces[1], pieces[2]))
    return tuple(found)


def _words(infos: Sequence[Node]) -> tuple[dict[str, str], dict[str, str]]:
    heads: dict[str, str] = {}
    texts: dict[str, str] = {}
    for info in infos:
        language = "zh" if info.said("language").lower().startswith("zh") else "en"
        heads.setdefault(language, (info.said("headline") or info.said("event"))[:200])
        parts = (info.said("description"), info.said("instruction"))
        texts.setdefault(language, "\n".join(part for part in parts if part)[:4000])
    return heads, texts


def _event(said: Sequence[str], table: Table) -> str:
    """The event of the table whose word is in what the message calls it, in the first language that has one: the longest word."""
    for text in (each.casefold() for each in said):
        known = [(len(word), code) for code, event in table.known() for word in event.words if word.casefold() in text]
        if known:
            return max(known)[1]
    raise Invalid(
        N_("The CAP message is about %(name)s, which is no event that warnings are kept of."),
        field="file",
        remedy=N_("Enter the warning by hand, or give config/warnings.yaml the word."),
        name=" ".join(said)[:64],
    )


def _colour(infos: Sequence[Node], cap: Cap) -> Colour:
    """By the first parameter that names a colour, else by severity; of several infos the gravest."""
    return max((_colour_of(info, cap) for info in infos), key=ORDER.index)


def _colour_of(info: Node, cap: Cap) -> Colour:
    given = {each.said("valueName").casefold(): each.said("value") for each in info.all("parameter")}
    for name in cap.parameters:
        value = given.get(name.casefold(), "").casefold()
        words = value.replace(";", " ").replace(",", " ").split()
        found = [colour for colour in ORDER if any(word.casefold() in words for word in cap.values.get(colour, ()))]
        if found:
            return found[-1]
    severity = info.said("severity")
    return next((colour for name, colour in cap.severity.items() if name == severity), Colour.BLUE)


def _place(area: Node) -> Place:
    codes = tuple(each.said("value")[:64] for each in area.all("geocode") if each.said("value"))
    return Place(area.said("areaDesc")[:120], codes)
