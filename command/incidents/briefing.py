"""The 201 briefing with which command is handed over, made from the journal and the tables, in one language: situation, actions
taken, objectives, organisation, what is under way, next steps. People edit it before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.journal import Entry
from command.incidents import (
    clock_rows,
    command_roles,
    facts,
    house,
    measuring,
    objectives,
    sentences,
    tasks,
    telling,
    views,
)
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.briefing_words import SECTIONS, WORDS
from command.incidents.clocks import Fact
from command.incidents.guards import NAMES, State
from command.incidents.models import Incident
from command.incidents.rendering import Reader
from command.messages import service as messages
from command.messages.models import TOLD
from command.notices.models import Notice, NoticeState
from command.oncall.models import Page
from command.people.models import Person
from playbooks.templates import Language

TOLD_OF = (
    *("incident.reported", "incident.assessed", "incident.activated", "incident.raised", "incident.lowered"),
    *("incident.located", "incident.eta", "incident.restored", "incident.reopened", "incident.absorbed"),
    *("impact.declared", "role.transferred", "task.changed", "notice.approved", "notice.withdrawn", "comment.added"),
)
"""Kinds of entries that are actions somebody took."""
ACTIONS, STEPS = 12, 8
"""Newest actions and next steps that a briefing names: it is read in two minutes."""
LONGEST = 4000
"""Characters of a briefing: what a note of a transfer takes."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a briefing."""

    title: str
    lines: tuple[str, ...]


def sections(session: Session, incident: Incident, language: Language) -> tuple[Section, ...]:
    """The briefing as of now. Phone numbers in what people wrote are masked."""
    say = Speaker(session, incident, language)
    parts = (say.situation(), say.actions(), say.objectives(), say.organisation(), say.under_way(), say.next_steps())
    which = 0 if language == "zh" else 1
    return tuple(
        Section(title[which], tuple(lines) or (say.word("none"),)) for title, lines in zip(SECTIONS, parts, strict=True)
    )


def text(parts: Sequence[Section], longest: int = LONGEST) -> str:
    """A briefing as text to edit; where it would be too long, the oldest actions are left out."""
    cut = list(parts)
    while len(made := "\n\n".join("\n".join((p.title, *(f"- {line}" for line in p.lines))) for p in cut)) > longest:
        biggest = max(range(len(cut)), key=lambda n: sum(map(len, cut[n].lines)))
        if len(cut[biggest].lines) == 1:
            return made[:longest]
        cut[biggest] = Section(cut[biggest].title, cut[biggest].lines[1:])
    return made


class Speaker:
    """Says the parts of a briefing in one language."""

    def __init__(self, session: Session, incident: Incident, language: Language) -> None:
        self.session, self.incident, self.language = session, incident, language
        self.which = 0 if language == "zh" else 1

    def word(self, key: str, **values: object) -> str:
        return WORDS[key][self.which].format(**values)

    def situation(self) -> list[str]:
        """What, where, since when, how bad; what is known of cause and end."""
        one, rows = self.incident, measuring.last_impacts(self.session, self.incident)
        state = NAMES[State(one.state)]
        lines = [
            self.word(
                "what",
                number=one.number,
                kind=KIND_WORDS[one.kind][self.which],
                tier=TIER_WORDS[one.tier][self.which],
                state=state.zh if self.which == 0 else state.en,
            ),
            self.word(
                "where",
                area=telling.area_words(self.session, one, self.language, rows),
                services=telling.service_words(self.session, self.language, rows),
                since=self._when(one.occurred_at or one.detected_at),
            ),
            self.word("users", now=f"{one.users_now:,}", peak=f"{one.users_peak:,}", later=f"{one.users_projected:,}"),
            self.word("eta", eta=self._when(one.eta)) if one.eta else self.word("no_eta"),
        ]
        notes = (("summary", one.summary_note_id), ("feedback", one.feedback_note_id), ("cause", one.cause_note_id))
        written = [(key, views.note_text(self.session, note_id)) for key, note_id in notes]
        lines += [self.word(key, text=" ".join(said.split())) for key, said in written if said]
        missing = [sentences.WORDS[f.value][self.which] for f in Fact if f not in facts.known(one)]
        return lines + ([self.word("missing", facts=self._list(missing))] if missing else [])

    def actions(self) -> list[str]:
        """The newest actions, the oldest of them first."""
        query = select(Entry).where(Entry.stream_id == f"incident:{self.incident.number}", Entry.kind.in_(TOLD_OF))
        rows = self.session.scalars(query.order_by(Entry.seq.desc()).limit(ACTIONS)).all()[::-1]
        reader = Reader(self.session, rows)
        lines = [reader.line(entry) for entry in rows]
        return [f"{self._when(line.at)} {line.zh if self.which == 0 else line.en}" for line in lines]

    def objectives(self) -> list[str]:
        found = objectives.of(self.session, self.incident)
        texts = [(each.state, views.note_text(self.session, each.note_id)) for each in found]
        return [f"[{sentences.WORDS[state][self.which]}] {said}" for state, said in texts if said]

    def organisation(self) -> list[str]:
        """Who holds which role."""
        held = [role for role in command_roles.of(self.session, self.incident) if role.until_at is None]
        return [f"{self._role(role.role)}: {self._person(role.person_id)}" for role in held]

    def under_way(self) -> list[str]:
        """Pages by state, and notices with how far they are."""
        mine = Page.incident_id == self.incident.id
        states = self.session.execute(select(Page.state, func.count()).where(mine).group_by(Page.state)).tuples()
        pages = [f"{WORDS[f'page_{state}'][self.which]} {count}" for state, count in sorted(states)]
        query = select(Notice).where(Notice.incident_id == self.incident.id, Notice.state != NoticeState.DRAFT)
        lines = [self._notice(notice) for notice in self.session.scalars(query.order_by(Notice.id))]
        return ([self.word("pages", states=self._list(pages))] if pages else []) + lines

    def _notice(self, notice: Notice) -> str:
        tally = messages.tally(self.session, notice.id)
        told = sum(count for state, count in tally.items() if state in TOLD)
        kind, state = sentences.WORDS[notice.kind][self.which], WORDS[f"notice_{notice.state}"][self.which]
        return self.word("notice", kind=kind, state=state, told=f"{told:,}", audience=f"{notice.audience:,}")

    def next_steps(self) -> list[str]:
        """Open tasks and running clocks, the one due first first."""
        opened = [t for t in tasks.of(self.session, self.incident) if t.state not in tasks.FINISHED]
        steps = [
            (
                task.due_at,
                f"{task.title_zh if self.which == 0 else task.title_en} ({self._department(task.department)})",
            )
            for task in opened
        ]
        for row in clock_rows.rows(self.session, self.incident):
            known = clock_rows.definition(row.code)
            if row.met_at is None and row.state != clock_rows.VOID and known is not None:
                name = known.name.zh if self.which == 0 else known.name.en
                steps.append((row.due_at, self.word("late_clock" if row.breached_at else "clock", name=name)))
        return [f"{self._when(due)} {what}" for due, what in sorted(steps)[:STEPS]]

    def _when(self, at: datetime) -> str:
        return f"{house.local(self.session, at):%m-%d %H:%M}"

    def _list(self, words: Sequence[str]) -> str:
        return ("、" if self.which == 0 else ", ").join(words)

    def _person(self, person_id: int) -> str:
        found = self.session.get(Person, person_id)
        return names.of(found, self.language) if found else f"#{person_id}"

    def _role(self, role: str) -> str:
        return sentences.WORDS.get(role, (role, role))[self.which]

    def _department(self, code: str) -> str:
        return sentences.WORDS.get(code, (code, code))[self.which]


def tongue(language: str) -> Language:
    """The language of a reader as a briefing knows it."""
    return "zh" if language == "zh" else "en"


def as_of(session: Session, language: Language) -> str:
    """When the briefing was made, in words."""
    now = house.local(session, clock.now(session))
    return WORDS["as_of"][0 if language == "zh" else 1].format(at=f"{now:%Y-%m-%d %H:%M}")
