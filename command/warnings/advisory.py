"""The advisory of a warning: what subscribers of its areas are told beforehand, with its correction ready and by a second person.

It goes to all who live there, not to those cut off; whoever opted out of updates gets none. A lighter colour waits for the morning."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, Conflict, NotFound
from command.incidents import house
from command.messages.about import About
from command.network.models import Area
from command.notices import living, quiet
from command.notices import service as notices
from command.notices.drafting import texts_of
from command.notices.models import Kind, Notice, NoticeState
from command.people.access import Principal, must
from command.people.authority import Override
from command.warnings import covering, entries
from command.warnings.colours import Colour, reaches
from command.warnings.flags import event_of, parents
from command.warnings.models import State, Warning
from command.warnings.table import table
from command.warnings.words import TOLD

TIER = 3
"""A warning has no tier. Who may approve its advisory is asked as for tier III: nothing has failed yet."""
GRAVE_TIER = 2
"""The same for orange and red."""
ENDED = (NoticeState.WITHDRAWN, NoticeState.REJECTED)
UNSENT = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING)
NAMED = 3
"""Areas that a text names; more are counted."""
Texts = Mapping[str, str]


def of(session: Session, row: Warning) -> Sequence[Notice]:
    """The advisories of a warning and their corrections, the oldest first."""
    return session.scalars(select(Notice).where(Notice.warning_id == row.id).order_by(Notice.id)).all()


def found(session: Session, row: Warning, notice_id: int) -> Notice:
    """The advisory of an id; raise NotFound."""
    notice = session.get(Notice, notice_id) if notice_id < 2**62 else None
    if notice is None or notice.warning_id != row.id:
        raise NotFound(
            N_("This warning has no advisory %(id)s."), remedy=N_("Look at the warning's page."), id=notice_id
        )
    return notice


def tier(row: Warning) -> int:
    """As for which tier its advisory is approved."""
    return GRAVE_TIER if reaches(row.colour, Colour.ORANGE) else TIER


def about(session: Session, row: Warning) -> About:
    """The warning as the rooms below see it."""
    inside = covering.within(parents(session), row.areas)
    areas = session.execute(select(Area.id, Area.code, Area.level)).tuples().all()
    level = next((level for _, code, level in areas if code == row.areas[0]), "province")
    return About(
        incident_id=0,
        number=row.code,
        tier=tier(row),
        kind=event_of(row).kind.value,
        exercise=row.exercise,
        area_level="country" if len(row.areas) > 1 and level == "province" else level,
        warning_id=row.id,
        areas=tuple(id_ for id_, code, _ in areas if code in inside),
    )


def draft(session: Session, row: Warning, by: str, texts: Texts | None = None) -> Notice:
    """Write the advisory of a locked warning down, with its correction; `texts` default to the table's, filled in. Raise Conflict where the
    warning is over or one is under way."""
    if row.state != State.LIVE:
        raise Conflict(N_("This warning is over."), remedy=N_("There is nothing to advise any more."))
    waiting = [each for each in of(session, row) if each.kind == Kind.ADVISORY and each.state not in ENDED]
    if any(each.state in (NoticeState.DRAFT, NoticeState.SUBMITTED) for each in waiting):
        raise Conflict(
            N_("An advisory of this warning waits already."),
            remedy=N_("Approve that one, or withdraw it first."),
        )
    said = table().advisory
    waits = not reaches(row.colour, said.passes_quiet_hours)
    return notices.draft(
        session,
        about(session, row),
        Kind.ADVISORY,
        texts or suggested(session, row),
        validity_minutes=said.valid_minutes,
        by=by,
        correction=_filled(session, row, {"zh": said.correction.zh, "en": said.correction.en}),
        release_at=quiet.releases(session).last if waits else None,
        keeps_quiet=waits,
    )


def suggested(session: Session, row: Warning) -> dict[str, str]:
    """The text in both languages, filled with what the warning says."""
    said = table().advisory.text
    return _filled(session, row, {"zh": said.zh, "en": said.en})


def _filled(session: Session, row: Warning, texts: Texts) -> dict[str, str]:
    return {language: text.format_map(_places(session, row, language)) for language, text in texts.items()}


def _places(session: Session, row: Warning, language: str) -> dict[str, str]:
    given, event = house.settings(session), event_of(row)
    chinese = language == "zh"
    return {
        "operator": given.operator_name_zh if chinese else given.operator_name_en,
        "event": event.name.zh if chinese else event.name.en,
        "colour": TOLD[language][Colour(row.colour)],
        "areas": area_words(session, row.areas, language),
        "from": moment(session, row.from_at, language),
        "until": moment(session, row.until_at, language),
        "advice": event.advice.zh if chinese else event.advice.en,
        "hotline": given.hotline,
    }


def area_words(session: Session, codes: Sequence[str], language: str) -> str:
    """Areas as texts name them: the first three, and how many more."""
    rows = session.scalars(select(Area).where(Area.code.in_(codes[:NAMED])).order_by(Area.code)).all()
    found = [names.of(area, language) for area in rows]
    more = len(codes) - len(found)
    if language == "zh":
        return "、".join(found) + (f"等{len(codes)}地" if more > 0 else "")
    return ", ".join(found) + (f" and {more} more" if more > 0 else "")


def moment(session: Session, at: datetime, language: str) -> str:
    there = house.local(session, at)
    today = house.today(session, clock.now(session))
    if there.date() == today:
        return f"{there:%H:%M}"
    return f"{there.month}月{there.day}日{there:%H:%M}" if language == "zh" else f"{there:%d %b %H:%M}"


def submit(session: Session, notice: Notice, who: Principal) -> Notice:
    """Count the subscribers of its areas and ask for a second person."""
    must(who, "submit_notice")
    notices.carried(session, notice)
    return notices.submit(session, notice, who.actor)


def approve(session: Session, row: Warning, notice: Notice, who: Principal, count: int, override: str = "") -> Notice:
    """Let it leave, by a person other than its author, typing the count; `override`: the reason for which the author does it alone."""
    since = notice.submitted_at
    waited = (clock.now(session) - since).total_seconds() / 60 if since else 0.0
    own = who.actor in (notice.created_by, notice.submitted_by)
    reason = override.strip()
    decision = must(who, "approve_notice", tier=tier(row), waited_minutes=waited, override=bool(reason), own=own)
    if isinstance(decision, Override) and not own:
        entries.overridden(session, row, "approve_notice", who.person_id, reason)
    return notices.approve(session, notice, who, count, reason or None)


def may_approve(notice: Notice, who: Principal) -> bool:
    """Whether a submitted advisory waits for somebody like them."""
    return notice.state == NoticeState.SUBMITTED and who.actor not in (notice.created_by, notice.submitted_by)


def reject(session: Session, row: Warning, notice: Notice, who: Principal, reason: str) -> Notice:
    """Refuse it, with a reason; whoever may approve may refuse."""
    must(who, "approve_notice", tier=tier(row))
    return notices.reject(session, notice, who.actor, reason)


def withdraw(session: Session, notice: Notice, who: Principal, reason: str) -> int:
    """Take back what has not left yet, with a reason; how many messages that are."""
    must(who, "withdraw_notice")
    return notices.withdraw(session, notice, who.actor, reason)


def correct(session: Session, notice: Notice, who: Principal, reason: str) -> Notice:
    """Take it back and submit its correction, to exactly those it told."""
    must(who, "correct_notice")
    return notices.correct(session, notice, who.actor, reason)


def end(session: Session, row: Warning) -> None:
    """The warning is over: what of its advisories has not left never does. Corrections go on: those told are owed them."""
    for notice in of(session, row):
        if notice.kind == Kind.ADVISORY and notice.state in UNSENT:
            living.lock(session, notice)
            if notice.state in UNSENT:
                notices.take_back(session, notice, "withdrawn", None)


def words(session: Session, notice: Notice) -> dict[str, str]:
    """Its texts by language."""
    return texts_of(session, notice)
