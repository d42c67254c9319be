"""Where the parts that web, engine and command line share are joined: what runs when the journal grows, and who hears of replies."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from command.alarms import kinds, storms
from command.archive import index
from command.boards import cards
from command.core.database import Database
from command.core.installation import Installation
from command.core.settings import Settings
from command.crews import replies as crews
from command.drills import kept as drills
from command.drills.runs import joining, stop_word
from command.field import service as field
from command.handover import replies as takeovers
from command.improvement import sources
from command.incidents import intake, visibility
from command.incidents import service as incidents
from command.knowledge import finding
from command.knowledge import service as knowledge
from command.messages import exercises
from command.messages.handlers import Handlers
from command.oncall.duties import feeds
from command.oncall.paging import keypad, players, replies, subscriptions
from command.oncall.paging import service as oncall
from command.oncall.paging.answers import Answer
from command.oncall.phone_drill import drill_answers
from command.people.models import Person
from command.resources import crew_contacts, recall_times
from command.risks import register
from command.training import calendar as training


def join(database: Database) -> Database:
    """Let the boards journal what changed in every unit of work of this process, the archive index what was written, alarms follow an
    incident that is merged, solved problems be kept when an incident is closed and offered when one is new, and exercise incidents belong
    to the drill that goes on. Improvement actions come from drills and risks; exercises reach crews from outside besides people."""
    if index.follow not in database.before_append:
        database.before_append.append(index.follow)
    if cards.record_changes not in database.before_append:
        database.before_append.append(cards.record_changes)
    if storms.pass_on not in incidents.on_merge:
        incidents.on_merge.append(storms.pass_on)
    if knowledge.keep not in incidents.on_close:
        incidents.on_close.append(knowledge.keep)
    if knowledge.offer not in intake.on_report:
        intake.on_report.append(knowledge.offer)
    if joining.on_report not in intake.on_report:
        intake.on_report.append(joining.on_report)
    if joining.known_to not in visibility.involved:
        visibility.involved.append(joining.known_to)
    if joining.recall_minutes not in recall_times.of_drills:
        recall_times.of_drills.append(joining.recall_minutes)
    if joining.players not in players.of_drill:
        players.of_drill.append(joining.players)
    if kinds.problems_of not in finding.alarm_kinds:
        finding.alarm_kinds.append(kinds.problems_of)
    sources.finders.update(drill=drills.find, risk=register.find)
    if crew_contacts.reaches not in exercises.ours:
        exercises.ours.append(crew_contacts.reaches)
    if training.events not in feeds.own_events:
        feeds.own_events.append(training.events)
    return database


def open_installation(settings: Settings) -> Installation:
    """An installation with its parts joined: how every process opens one."""
    installation = Installation.open(settings)
    join(installation.database)
    return installation


def _elsewhere(session: Session, people: Sequence[Person], answer: Answer) -> bool:
    """Whether a reply that fits no page is about a dispatch or a phone drill."""
    return crews.meant(session, people, answer) or drill_answers.meant(session, people, answer)


def handlers() -> Handlers:
    """Who hears of inbound messages, of STOP and START, of what became of pages, and of keys pressed in calls."""
    return Handlers(
        replies=[
            stop_word.reply,
            takeovers.reply,
            crews.by_code,
            replies.replies(field.add_note, _elsewhere),
            crews.by_word,
            drill_answers.reply,
        ],
        settled=[oncall.settled],
        subscribed=[subscriptions.subscribed],
        keys=[keypad.press, drill_answers.press],
    )
