"""Where a table is whole on paper and thin in life: a level at which one person alone, or nobody, holds the posts that could act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.authority.painting import Change
from command.network.models import Area
from command.people.authority import LEVELS, Act, Level, Post, Row, Tier
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Worker:
    """An active person as the table sees them. `reach` is the level of their area; None where it is not known."""

    id: int
    posts: frozenset[str]
    reach: str | None


@dataclass(frozen=True, slots=True)
class Thin:
    """At a level these posts are held by nobody active whose area is as wide, or by one person (`person_id`). `acts` hang on it."""

    level: Level
    posts: tuple[Post, ...]
    acts: tuple[Act, ...]
    tiers: tuple[Tier, ...]
    person_id: int | None


def workers(session: Session) -> list[Worker]:
    """Everybody active."""
    levels = dict(session.execute(select(Area.code, Area.level)).tuples().all())
    people = session.scalars(select(Person).where(Person.active).order_by(Person.id))
    return [
        Worker(each.id, frozenset(held.post for held in each.posts), levels.get(each.area_code or ""))
        for each in people
    ]


def wide_enough(reach: str | None, level: Level) -> bool:
    """Whether somebody whose area has the level `reach` answers for things of `level`. Who has no area answers for none. Pure."""
    return reach in LEVELS and LEVELS.index(reach) >= LEVELS.index(level)


def found(rows: Iterable[Row], people: Sequence[Worker]) -> list[Thin]:
    """Every thin place, levels from the narrowest, once for each set of posts. Pure."""
    seen: dict[tuple[Level, tuple[Post, ...]], tuple[set[Act], set[Tier]]] = {}
    for row in rows:
        for level in row.levels:
            acts, tiers = seen.setdefault((level, row.who_may()), (set(), set()))
            acts.add(row.act)
            tiers.update(row.tiers)
    thin: list[Thin] = []
    for (level, posts), (acts, tiers) in sorted(seen.items(), key=lambda each: LEVELS.index(each[0][0])):
        able = [each.id for each in people if each.posts & set(posts) and wide_enough(each.reach, level)]
        if len(able) < 2:
            ordered = tuple(act for act in Act if act in acts)
            thin.append(Thin(level, posts, ordered, tuple(sorted(tiers)), able[0] if able else None))
    return thin


def emptied(changed: Iterable[Change], people: Sequence[Worker]) -> list[Change]:
    """Changes after which nobody active anywhere could do the act: of their own work too where a second person is asked for. Pure."""
    gone: list[Change] = []
    for each in changed:
        rule = each.after
        if rule is None:
            continue
        posts = set(rule.override) if rule.second_person and not rule.alone else set(rule.who_may())
        if not any(worker.posts & posts for worker in people):
            gone.append(each)
    return gone
