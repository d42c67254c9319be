"""What the addresses of bulletins take."""

from typing import Annotated, Literal

from pydantic import Field

from command.bulletins.models import Kind, State
from command.incidents.api import Name, Strict

Reason = Annotated[str, Field(max_length=4000)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]


class DraftIn(Strict):
    """Which bulletin to draft; `asked` is what help is asked for, in your own words."""

    kind: Kind
    asked: Reason = ""


class EditIn(Strict):
    """The texts that change; those left out stay."""

    zh: Text | None = None
    en: Text | None = None
    short_zh: Text | None = None
    short_en: Text | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Reason = ""


class ApproveIn(Strict):
    """With `override` and a `reason` the author may approve it; it is logged and reviewed."""

    override: bool = False
    reason: Reason = ""


class AgainIn(Strict):
    """Whose mail is sent again: a recipient's code."""

    recipient: Name


class ListIn(Strict):
    """Bulletins, newest first; of one incident, kind or state, read on with `after`."""

    incident: Name | None = None
    kind: Kind | None = None
    state: State | None = None
    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PartnerListIn(Strict):
    """Your bulletins, newest first, read on with `after`."""

    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PdfIn(Strict):
    """Which text: its language, and whether it is the whole one or the short one."""

    language: Literal["zh", "en"] = "zh"
    sees: Literal["full", "short"] = "full"
