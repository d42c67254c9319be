"""What a call's TwiML says, as far as Tocsin uses it: Say, Gather, Redirect, Hangup. Pure.

Source: Twilio's public reference of TwiML for programmable voice."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_WAIT = 60.0


class BadTwiml(ValueError):
    """The document is no TwiML that can be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Say:
    """Words, and the language they are spoken in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Gather:
    """Words, then a wait for `digits` keys of at most `wait` seconds; what was pressed is posted to `action`."""

    said: tuple[Say, ...]
    digits: int
    wait: float
    action: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with the document at `url`."""

    url: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """The call ends."""


Verb = Say | Gather | Redirect | Hangup


def read(text: bytes) -> Sequence[Verb]:
    """The verbs of a document, in order. Raises BadTwiml."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise BadTwiml(f"not XML: {error}") from error
    if root.tag != "Response":
        raise BadTwiml(f"the root is {root.tag}, not Response")
    return [_verb(element) for element in root]


def _verb(element: ET.Element) -> Verb:
    match element.tag:
        case "Say":
            return _say(element)
        case "Gather":
            return _gather(element)
        case "Redirect":
            return Redirect((element.text or "").strip())
        case "Hangup":
            return Hangup()
    raise BadTwiml(f"{element.tag} is not followed here")


def _say(element: ET.Element) -> Say:
    return Say((element.text or "").strip(), element.get("language", "en-US"))


def _gather(element: ET.Element) -> Gather:
    try:
        digits, wait = int(element.get("numDigits", "1")), float(element.get("timeout", "5"))
    except ValueError as error:
        raise BadTwiml("numDigits and timeout of Gather must be numbers") from error
    if not (1 <= digits <= 20 and 0 <= wait <= _LONGEST_WAIT):
        raise BadTwiml("numDigits of Gather must be 1 to 20 and timeout 0 to 60 s")
    said = tuple(_say(child) for child in element if child.tag == "Say")
    return Gather(said, digits, wait, element.get("action", ""))
