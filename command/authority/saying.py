"""The answer of a simulation in words, in the reader's language."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext

from command.authority.simulation import SHOWN, Able, Answer, Way
from command.core import names
from command.people.authority import Post
from command.people.language import language, users
from command.people.posts import POSTS


def sentences(answer: Answer) -> Iterator[str]:
    """What the table says, the shortest way first; where nobody is behind a way, that is said too."""
    yield from _capped(answer)
    if answer.blocked:
        yield gettext("Nobody does this to their own work alone: another person has to agree.")
    if answer.alone:
        yield gettext("At once, alone: %(posts)s.", posts=posts(answer.alone.posts)) + " " + _duty(answer.alone)
    if answer.propose and answer.approve and not answer.blocked:
        yield gettext(
            "%(posts)s ask; one of these has to agree: %(others)s.",
            posts=posts(answer.propose.posts),
            others=posts(answer.approve.posts),
        )
    elif answer.approve and answer.blocked:
        yield gettext("One of these has to agree: %(others)s.", others=posts(answer.approve.posts))
    if answer.deputy:
        yield gettext(
            "If nobody answers, after %(minutes)d minutes: %(posts)s.",
            minutes=answer.deputy_minutes,
            posts=posts(answer.deputy.posts),
        )
    if answer.override:
        yield gettext("On their own word, reviewed afterwards: %(posts)s.", posts=posts(answer.override.posts))
    if answer.nobody:
        yield gettext("Nobody active could do this.")


def _capped(answer: Answer) -> Iterator[str]:
    if answer.asked.audience is None or not answer.caps:
        return
    within = [cap for cap in answer.caps if cap.within]
    count = users(answer.asked.audience)
    if within:
        yield gettext(
            "A first notice to %(count)s people leaves by itself by these plans: %(plans)s.",
            count=count,
            plans=_listed(_title(each.title.zh, each.title.en) for each in within),
        )
    if len(within) < len(answer.caps):
        over = [each for each in answer.caps if not each.within]
        yield gettext(
            "By these plans a first notice to %(count)s people is over the cap and waits for approval: %(plans)s.",
            count=count,
            plans=gettext(", ").join(f"{_title(each.title.zh, each.title.en)} ({users(each.cap)})" for each in over),
        )


def _duty(way: Way) -> str:
    on = way.on_duty
    if not on:
        return str(gettext("None of them is on duty then."))
    return str(gettext("On duty then: %(people)s.", people=_listed(called(each) for each in on[:SHOWN])))


def called(able: Able) -> str:
    """Somebody with their post."""
    return f"{names.of(able.person, language())} ({gettext(POSTS[able.post])})"


def posts(held: tuple[Post, ...]) -> str:
    """Posts by name."""
    return _listed(gettext(POSTS[post]) for post in held)


def _listed(words: Iterable[str]) -> str:
    return str(gettext(", ")).join(words)


def _title(zh: str, en: str) -> str:
    return zh if language() == "zh" else en
