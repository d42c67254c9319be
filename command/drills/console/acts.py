"""What the buttons of the console and of the player's page do, from what was typed: the verbs of the run and nothing else."""

import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.core.problems import N_, Invalid, NotFound
from command.drills.models import Drill, DrillInject
from command.drills.runs import clockwork, ending, injects, starting, stop_word, taking_part
from command.people.access import Principal
from playbooks.scenario import Method

Form = Mapping[str, str]
Act = Callable[[Session, Drill, Principal, Form], object]
LONGEST = 2000
"""Characters of what is put to players, or answered."""
EXTRA = (Method.screen, Method.sms, Method.phone, Method.discussion)
"""How an inject that a controller adds reaches its players."""


def perform(session: Session, code: str, who: Principal, act: str, form: Form) -> Drill:
    """Do an act to a drill that somebody may know of, locked here; raise NotFound, Denied, Invalid or Conflict."""
    if act not in ACTS:
        raise NotFound(N_("There is no such button."), remedy=N_("Use the buttons of this page."))
    if act in ENDINGS:
        alarms.lock(session)  # whoever ends a drill ends its alarms too, and their lock comes first
    drill = taking_part.find(session, code, who, lock=True)
    ACTS[act](session, drill, who, form)
    return drill


def begin(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """Begin it, with the reason for a shift change where there is one."""
    starting.begin(session, drill, who, override=form.get("override", "")[:LONGEST])


def speed(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """How fast exercise time runs."""
    clockwork.set_speed(session, drill, who, _decimal(form, "speed"))


def deliver(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """An inject was read out, or is put to its players now."""
    injects.mark_delivered(session, drill, _inject(session, drill, form), who)


def skip(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """An inject is left out."""
    injects.skip_by_hand(session, drill, _inject(session, drill, form), who)


def answer(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """An inject is answered: by a choice, in words or by both."""
    words = _words(form, "words")
    injects.answer(session, drill, _inject(session, drill, form), who, choice=form.get("choice") or None, words=words)


def extra(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """Something further is put to a role."""
    method = form.get("method", Method.screen)
    if method not in EXTRA:
        raise Invalid(
            N_("An inject cannot be put to them like this."), field="method", remedy=N_("Choose one of the list.")
        )
    injects.add(
        session,
        drill,
        injects.Extra(
            to=form.get("to", ""),
            sender=_words(form, "sender"),
            content=_words(form, "content"),
            expected=_words(form, "expected"),
            method=Method(method),
            at_minutes=_decimal(form, "at_minutes") if form.get("at_minutes", "").strip() else None,
            objective=form.get("objective", ""),
        ),
        who,
    )


def stop(session: Session, drill: Drill, who: Principal, form: Form) -> None:
    """Stop it, where its stop word was typed."""
    if stop_word.plain(form.get("word", "")[:LONGEST]) not in stop_word.words(drill):
        raise Invalid(
            N_("This is not the stop word of the drill."),
            field="word",
            remedy=N_("Type it as it stands above: %(word)s."),
            word=drill.stop_word,
        )
    ending.stop(session, drill, who, "stop_word")


def _inject(session: Session, drill: Drill, form: Form) -> DrillInject:
    typed = form.get("number", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    return injects.find(session, drill, number)


def _words(form: Form, name: str) -> str:
    typed = form.get(name, "").strip()
    if len(typed) > LONGEST:
        raise Invalid(
            N_("This text is too long: %(length)d characters."),
            field=name,
            remedy=N_("Shorten it to %(most)d."),
            length=len(typed),
            most=LONGEST,
        )
    return typed


def _decimal(form: Form, name: str) -> float:
    typed = form.get(name, "").strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", typed):
        raise Invalid(N_("This is no number."), field=name, remedy=N_("Write a number such as 10 or 0.5."))
    return float(typed)


ACTS: Mapping[str, Act] = {
    "acknowledge": lambda session, drill, who, form: starting.acknowledge(session, drill, who),
    "begin": begin,
    "pause": lambda session, drill, who, form: clockwork.pause(session, drill, who),
    "resume": lambda session, drill, who, form: clockwork.resume(session, drill, who),
    "speed": speed,
    "deliver": deliver,
    "skip": skip,
    "answer": answer,
    "extra": extra,
    "stop": stop,
    "end": lambda session, drill, who, form: ending.end(session, drill, who),
}
ENDINGS = ("stop", "end")
