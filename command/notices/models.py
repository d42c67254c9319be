"""Notices: what is told to the affected, to whom, approved by whom; the waves by which the audience is materialised."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.claims import Claimable
from command.core.columns import Base, BigId, Id, Json, OfExercise


class Kind(StrEnum):
    FIRST = "first"
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    CORRECTION = "correction"
    ADVISORY = "advisory"
    SURVEY = "survey"


class NoticeState(StrEnum):
    """draft → submitted → approved → sending → sent; withdrawn and rejected end it.

    sent → sending when the audience grows; approved or sending → submitted when it grows over the pre-approved cap."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class Basis(StrEnum):
    """Where a wave's recipients come from: those cut off now, those told, those told (or never reached) who are not affected any more,
    the subscribers of areas (a warning's advisory), or those a person selected.

    A recall has no recipients: it takes back queued messages that are no longer true. Nor has a release: it lets leave at once what
    waits for the morning."""

    AFFECTED = "affected"
    TOLD = "told"
    RECOVERED = "recovered"
    RECALL = "recall"
    RELEASE = "release"
    AREAS = "areas"
    SELECTION = "selection"


_LIVE = text("state IN ('approved', 'sending')")
_FIRST = text("kind = 'first'")
_KEPT = text("removed_at IS NULL")


class Notice(OfExercise, Base):
    """One notice of an incident, or of a warning: `incident_id` 0 is no incident, and then `warning_id` names the warning. They and
    `incident_number`, which is the number or the warning's code, point up without knowing the rooms above.

    `keeps_quiet`: nobody is sent it in their own quiet hours; `release_at` is then when the last of those that wait may leave, otherwise
    before when nobody is sent it. `facts` are what was known when it was written (see `pacing.Facts`); `late_at` is when the update that it
    promised was put on record as late. `languages`: how many of each language were still to get it when its audience was last counted.

    `leaves_bad`: marked numbers are left out of it; `left_out`: how many of each language were, of those `languages` counts."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind IN ('first','update','all_clear','correction','advisory','survey')", name="kind"),
        CheckConstraint("(incident_id = 0) = (warning_id IS NOT NULL)", name="about"),
        Index("ix_notice_incident_id_kind", "incident_id", "kind"),
        Index("ix_notice_live", "id", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_notice_told_at", "created_at", postgresql_where=_FIRST, sqlite_where=_FIRST),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId)
    warning_id: Mapped[int | None] = mapped_column(BigId, index=True)
    incident_number: Mapped[str]
    tier: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=NoticeState.DRAFT)
    basis: Mapped[str]
    playbook: Mapped[str | None]
    pre_approved_cap: Mapped[int] = mapped_column(default=0)
    selection: Mapped[dict[str, Any] | None] = mapped_column(Json)
    audience: Mapped[int] = mapped_column(default=0)
    languages: Mapped[dict[str, int] | None] = mapped_column(Json)
    corrects_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("notice.id"))
    validity_minutes: Mapped[int]
    automatic: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    override: Mapped[bool] = mapped_column(default=False)
    release_at: Mapped[datetime | None]
    keeps_quiet: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    leaves_bad: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    left_out: Mapped[dict[str, int] | None] = mapped_column(Json)
    facts: Mapped[dict[str, object] | None] = mapped_column(Json)
    late_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))

    def counted(self, languages: dict[str, int], told: int = 0) -> None:
        """Keep what counting found: how many of each language are still to get it, besides those it went to already."""
        self.languages, self.audience = languages, told + sum(languages.values())

    @property
    def stream(self) -> str:
        """The journal stream of what it is about."""
        return f"{'incident' if self.warning_id is None else 'warning'}:{self.incident_number}"


class NoticeArea(Base):
    """An area whose subscribers a notice goes to, those of the areas it contains named beside it."""

    __tablename__ = "notice_area"
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"), primary_key=True)


class NumberList(Base):
    """Numbers a person brought in as a file, to be told or to be spared: `matched` are subscribers' and kept, `unknown` were not. One that
    was removed may be put back for a day; then its numbers are forgotten."""

    __tablename__ = "number_list"
    id: Mapped[Id]
    name: Mapped[str]
    matched: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ListedNumber(Base):
    """A subscriber's number on a list, as its blind index: the list says nothing to whoever has no key."""

    __tablename__ = "listed_number"
    list_id: Mapped[int] = mapped_column(BigId, ForeignKey("number_list.id", ondelete="CASCADE"), primary_key=True)
    number_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class SavedAudience(Base):
    """A selection kept by name, its owner's own or `shared` with everybody who drafts notices. One that was removed may be put back for a
    day."""

    __tablename__ = "saved_audience"
    __table_args__ = (
        Index(
            "uq_saved_audience_owner_name", "owner_id", "name", unique=True, postgresql_where=_KEPT, sqlite_where=_KEPT
        ),
    )
    id: Mapped[Id]
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    shared: Mapped[bool] = mapped_column(default=False)
    selection: Mapped[dict[str, Any]] = mapped_column(Json)
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class NoticeText(Base):
    """The text of a notice in one language; `missed` marks the one for people never reached by the first notice."""

    __tablename__ = "notice_text"
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    missed: Mapped[bool] = mapped_column(primary_key=True, default=False)
    body_id: Mapped[int] = mapped_column(BigId, ForeignKey("body.id"))


class Wave(OfExercise, Claimable, Base):
    """One pass of materialising a notice's audience, in keyset chunks. The cursor moves in the transaction that inserts the rows.

    `lease_until` is when a wave that waits for messages in the air is looked at again; `fence` counts its turns, so that waves of
    several incidents take turns."""

    __tablename__ = "wave"
    __table_args__ = (Index("ix_wave_open", "done_at", "id"),)
    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id"), index=True)
    basis: Mapped[str]
    cursor: Mapped[list[int]] = mapped_column(Json)
    inserted: Mapped[int] = mapped_column(BigId, default=0)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Passed(OfExercise, Base):
    """A subscriber told by one incident and still cut off by another when the first ended: the other owes the all-clear (B12).

    `from_notice_id` is the all-clear they did not get; `notice_id` the one by which the debt was settled, null while it is open."""

    __tablename__ = "passed"
    __table_args__ = (Index("ix_passed_from", "from_notice_id", "addressee"),)
    incident_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    addressee: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_incident_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_notice_id: Mapped[int] = mapped_column(BigId)
    notice_id: Mapped[int | None] = mapped_column(BigId)


class Owed(OfExercise, Base):
    """Someone whose message was in the air (calling, in doubt) when a wave passed: decided when it is known whether they were told."""

    __tablename__ = "owed"
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    about_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    addressee: Mapped[int] = mapped_column(BigId, primary_key=True)
