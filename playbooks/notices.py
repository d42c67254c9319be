"""What a plan says: notices to the affected and bulletins to superiors, regulator and partners."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from playbooks import templates
from playbooks.content import has_link
from playbooks.faults import Misfit, Unfit
from playbooks.texts import PublicText, Record, Slug, Text, within

Minutes = Annotated[int, Field(ge=1, le=43_200)]


class NoticeKind(StrEnum):
    """Every kind of notice that a plan holds ready."""

    first = "first"  # sent once, to each affected subscriber
    update = "update"  # sent to those told, on real change or by cadence
    all_clear = "all_clear"  # sent to exactly those told, after restoration
    correction = "correction"  # sent to those told, when what they were told was wrong
    missed = "missed"  # one message for those never reached: interrupted from-to, restored


# Unknown in the first minutes, or not given at all: a notice must read well without them.
LATE_FIELDS = frozenset({"eta", "eta_window", "next_update", "advice"})
_ALWAYS = frozenset({"operator", "hotline"})
_OUTAGE = {
    NoticeKind.first: frozenset({"area", "services", "since", "eta", "next_update"}),
    NoticeKind.update: frozenset({"area", "services", "eta", "next_update"}),
    NoticeKind.all_clear: frozenset({"area", "services", "restored_at"}),
    NoticeKind.correction: frozenset[str](),
    NoticeKind.missed: frozenset({"area", "services", "since", "restored_at"}),
}
_SAME = {"eta": frozenset({"eta", "eta_window"})}
"""Fields that say the same fact: either will do."""
_AHEAD = frozenset({"eta", "eta_window", "next_update"})
_UNAVAILABLE = {
    NoticeKind.first: (frozenset({"restored_at"}), "nothing is restored yet when it leaves"),
    NoticeKind.update: (frozenset({"restored_at"}), "nothing is restored yet when it leaves"),
    NoticeKind.all_clear: (_AHEAD, "nothing is ahead any more when it leaves"),
    NoticeKind.correction: (frozenset({"restored_at"}), "it may leave before anything is restored"),
    NoticeKind.missed: (_AHEAD, "nothing is ahead any more when it leaves"),
}
"""Fields that a kind of notice never knows when it leaves, and why."""
_SIGNATURES = {"zh": "【{operator}】", "en": "{operator}: "}


class NoticeText(PublicText):
    """A template for one SMS, signed in front; fields as `templates.NOTICE_FIELDS`."""

    def misfits(self) -> Iterator[Misfit]:
        yield from super().misfits()
        yield from within("zh", _template_misfits(self.zh, "zh"))
        yield from within("en", _template_misfits(self.en, "en"))


def _template_misfits(template: str, language: str) -> Iterator[Misfit]:
    yield from templates.misfits(template, templates.NOTICE_FIELDS)
    signature = _SIGNATURES[language]
    if not template.startswith(signature):
        yield Misfit("the notice does not begin with its signature", f"Begin with '{signature}'.")
    if len(template) > 400:
        yield Misfit("longer than 400 characters", "Shorten it: every part of an SMS is sent to every subscriber.")
    for name in sorted(_ALWAYS - templates.required(template)):
        yield Misfit(f"{{{name}}} is missing", f"Say it in every notice: add {{{name}}} outside of [ ].")
    for name in sorted(LATE_FIELDS & templates.required(template)):
        yield Misfit(f"{{{name}}} may be unknown when the notice leaves", f"Put its words in [ ]: [ … {{{name}}} … ].")


class Notice(Record):
    """One kind of notice. `valid_minutes`: after this it is pointless and is not sent any more."""

    valid_minutes: Minutes
    text: NoticeText


class Notices(Record):
    """The notices of one tier."""

    first: Notice
    update: Notice
    all_clear: Notice
    correction: Notice
    missed: Notice

    def of(self, kind: NoticeKind) -> Notice:
        """The notice of a kind."""
        found: Notice = getattr(self, kind)
        return found

    def outage_misfits(self) -> Iterator[Misfit]:
        """Facts that the notices of an outage must have room for: what, where, since, ETA, next update."""
        for kind, fields in _OUTAGE.items():
            text = self.of(kind).text
            for language, template in (("zh", text.zh), ("en", text.en)):
                said = templates.placeholders(template)
                for name in sorted(each for each in fields if not _SAME.get(each, {each}) & said):
                    yield Misfit(f"{{{name}}} is missing", f"Say it: add {{{name}}}.", (kind, "text", language))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._unavailable()):
            raise Unfit(*found)
        return self

    def _unavailable(self) -> Iterator[Misfit]:
        for kind in NoticeKind:
            never, why = _UNAVAILABLE[kind]
            text = self.of(kind).text
            for language, template in (("zh", text.zh), ("en", text.en)):
                for name in sorted(never & templates.placeholders(template)):
                    message = f"{{{name}}} is not available in this kind of notice: {why}"
                    yield Misfit(message, f"Take {{{name}}} and its words out.", (kind, "text", language))

    def link_misfits(self) -> Iterator[Misfit]:
        """Links, which a notice about information security must not hold: they look like the attack itself."""
        for kind in NoticeKind:
            text = self.of(kind).text
            for language, template in (("zh", text.zh), ("en", text.en)):
                if has_link(template):
                    yield Misfit(
                        "a link in a notice about information security",
                        "Name the hotline instead.",
                        (kind, "text", language),
                    )


class BulletinText(Text):
    """A template for a bulletin; fields as `templates.BULLETIN_FIELDS`."""

    def misfits(self) -> Iterator[Misfit]:
        yield from super().misfits()
        for language, template in (("zh", self.zh), ("en", self.en)):
            yield from within(language, templates.misfits(template, templates.BULLETIN_FIELDS))


class Recipient(StrEnum):
    """Who reads a bulletin."""

    superior = "superior"  # the next command centre up
    regulator = "regulator"
    government = "government"  # the local government's emergency office
    partner = "partner"  # other operators, the power company, suppliers


class Bulletin(Record):
    """A first report falls due `within_minutes` of the activation, a follow-up of the bulletin before it, a final report of the
    restoration. A `pre_approved` one leaves without a person; only what goes to superiors alone may."""

    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    approver: Slug
    within_minutes: Minutes
    text: BulletinText
    pre_approved: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.pre_approved and set(self.recipients) != {Recipient.superior}:
            message = "a bulletin that leaves the house needs a person"
            raise Unfit(Misfit(message, "Take pre_approved out, or let it go to superiors alone.", ("pre_approved",)))
        return self


class Bulletins(Record):
    """The first, follow-up and final report of one tier."""

    first: Bulletin
    follow_up: Bulletin
    final: Bulletin
