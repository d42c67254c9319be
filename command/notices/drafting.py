"""Writing notices down: kinds, bases, texts in the languages of the recipients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Invalid
from command.messages import policy
from command.messages import service as messages
from command.messages.about import About
from command.messages.models import Body, Lane
from command.notices.entries import NoticeDrafted
from command.notices.models import Basis, Kind, Notice, NoticeArea, NoticeText
from command.notices.pacing import TELLING, Facts
from command.notices.selecting import Selection, check

Texts = Mapping[str, str]

BASES = {
    Kind.FIRST: Basis.AFFECTED,
    Kind.ADVISORY: Basis.AFFECTED,
    Kind.UPDATE: Basis.TOLD,
    Kind.CORRECTION: Basis.TOLD,
    Kind.SURVEY: Basis.TOLD,
    Kind.ALL_CLEAR: Basis.RECOVERED,
}
LANES = {
    Kind.CORRECTION: Lane.CORRECTION,
    Kind.FIRST: Lane.FIRST,
    Kind.ADVISORY: Lane.FIRST,
    Kind.ALL_CLEAR: Lane.ALL_CLEAR,
    Kind.UPDATE: Lane.UPDATE,
    Kind.SURVEY: Lane.SURVEY,
}
FALLBACK = "zh"
"""The language of recipients whose own has no text."""
LONGEST = 1000
"""Characters of a text: fifteen UCS-2 segments, more than a mass notice should ever be."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a notice leaves. `automatic`: the playbook version pre-approves the kind, up to `cap` recipients.

    `validity_minutes`: after this it is pointless. `release_at`: not before. `keeps_quiet`: nobody is sent it in their own quiet hours.
    `facts`: what was known when it was written."""

    validity_minutes: int
    cap: int
    playbook: str | None
    automatic: bool
    release_at: datetime | None = None
    keeps_quiet: bool = False
    facts: Facts | None = None


def write(
    session: Session,
    about: About,
    kind: Kind,
    texts: Texts,
    missed: Texts | None,
    *,
    terms: Terms,
    by: str,
    corrects: Notice | None = None,
    selection: Selection | None = None,
) -> Notice:
    """Put down a draft. A restricted incident's notices are never automatic. Raises Invalid."""
    _check(texts, missed)
    if selection is not None:
        _selectable(session, kind, selection)
    notice = Notice(
        incident_id=about.incident_id,
        warning_id=about.warning_id,
        incident_number=about.number,
        tier=about.tier,
        kind=kind,
        basis=_basis(kind, about, selection),
        selection=selection.model_dump(mode="json") if selection else None,
        playbook=terms.playbook,
        pre_approved_cap=terms.cap,
        corrects_id=corrects.id if corrects else None,
        validity_minutes=terms.validity_minutes,
        automatic=terms.automatic and not about.restricted and selection is None,
        release_at=terms.release_at,
        keeps_quiet=terms.keeps_quiet,
        leaves_bad=policy.current(session).bad_numbers.leaves_out(kind, about.tier, about.kind),
        facts=terms.facts.kept() if terms.facts and kind in TELLING else None,
        created_by=by,
        created_at=clock.now(session),
        exercise=about.exercise,
    )
    session.add(notice)
    session.flush()
    session.add_all(NoticeArea(notice_id=notice.id, area_id=each) for each in sorted(set(about.areas)))
    for language, text in texts.items():
        _put(session, notice, language, text, missed=False)
    for language, text in (missed or {}).items():
        _put(session, notice, language, text, missed=True)
    session.flush()
    drafted = NoticeDrafted(notice_id=notice.id, notice_kind=kind, corrects_id=notice.corrects_id)
    journal.record(session, about.stream, drafted, exercise=about.exercise)
    return notice


def _selectable(session: Session, kind: Kind, selection: Selection) -> None:
    """Raise Invalid for an all-clear or a correction to some only: whoever was told is owed it."""
    if kind not in (Kind.FIRST, Kind.UPDATE, Kind.ADVISORY):
        raise Invalid(
            N_("A notice of kind %(kind)s goes to all those told."),
            field="audience",
            remedy=N_("Leave the audience out."),
            kind=kind.value,
        )
    check(session, selection)


def _basis(kind: Kind, about: About, selection: Selection | None) -> Basis:
    if selection is not None and kind in (Kind.FIRST, Kind.ADVISORY):
        return Basis.SELECTION
    return Basis.AREAS if kind is Kind.ADVISORY and about.areas else BASES[kind]


def _check(texts: Texts, missed: Texts | None) -> None:
    if not texts:
        raise Invalid(N_("A notice needs a text."), field="texts", remedy=N_("Write one in each language."))
    for language, text in (*texts.items(), *(missed or {}).items()):
        if not text.strip() or len(text) > LONGEST:
            raise Invalid(
                N_("The text in %(language)s is empty or longer than %(longest)s characters."),
                field=f"texts.{language}",
                remedy=N_("Say in a few sentences what, where, since when and what comes next."),
                language=language,
                longest=LONGEST,
            )


def _put(session: Session, notice: Notice, language: str, text: str, *, missed: bool) -> None:
    body = messages.put_body(session, text, language, stream=notice.stream)
    session.add(NoticeText(notice_id=notice.id, language=language, missed=missed, body_id=body))


def texts_of(session: Session, notice: Notice, *, missed: bool = False) -> dict[str, str]:
    """The texts of a notice by language."""
    query = (
        select(NoticeText.language, Body.text)
        .join(Body, Body.id == NoticeText.body_id)
        .where(NoticeText.notice_id == notice.id, NoticeText.missed.is_(missed))
    )
    return dict(session.execute(query).tuples().all())


def bodies_of(session: Session, notice_id: int, *, missed: bool) -> dict[str, int]:
    """The body ids of a notice by language."""
    found = session.execute(_BODIES, {"notice": notice_id, "is_missed": missed})
    return dict(found.tuples().all())


_BODIES = select(NoticeText.language, NoticeText.body_id).where(
    NoticeText.notice_id == bindparam("notice"), NoticeText.missed == bindparam("is_missed")
)
