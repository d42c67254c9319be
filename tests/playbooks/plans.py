"""The shipped plans as text to be broken, and small gateways to check them against."""

from dataclasses import dataclass

from notifiers.approved import fits
from playbooks.loader import SHIPPED, Sheet, load_playbook

TEXT = (SHIPPED / "network_fault.yaml").read_text(encoding="utf-8")


def changed(*edits: tuple[str, str]) -> str:
    """The network-fault plan with each first occurrence replaced; an edit that finds nothing is a broken test."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, part: str) -> int:
    """The line, from 1, on which a part first occurs."""
    return text[: text.index(part)].count("\n") + 1


def sheet(*edits: tuple[str, str], name: str = "plan.yaml") -> Sheet:
    """The changed plan, loaded."""
    return load_playbook(changed(*edits), name)


@dataclass(frozen=True)
class Road:
    """A gateway as the checks see it."""

    name: str
    two_way: bool = True
    url: bool = True
    voice: bool = False
    unicode: bool = True
    approved: tuple[str, ...] | None = None

    def takes(self, text: str) -> bool:
        return self.approved is None or fits(text, self.approved)
