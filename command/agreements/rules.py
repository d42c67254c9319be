"""How breaches of service levels are recorded and counted: config/agreements.yaml (R21)."""

from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints

from command.agreements.models import Dispute, Liability
from command.core.paths import CONFIG
from playbooks.source import load
from playbooks.texts import Record

NOT_OURS = frozenset({Liability.THIRD_PARTY, Liability.CUSTOMER, Liability.FORCE_MAJEURE, Liability.NONE})
"""Somebody else answers for it, or nobody."""


class Customers(Record):
    """Who has an agreement: critical customers, and those with one of these tariff plans."""

    critical: bool = True
    tariff_plans: tuple[Annotated[str, StringConstraints(min_length=1, max_length=100)], ...] = ()


class Rules(Record):
    """The whole of config/agreements.yaml."""

    customers: Customers = Customers()
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    leave_out_when: Annotated[tuple[Dispute, ...], Field(max_length=5)] = (Dispute.SETTLED,)

    def left_out(self, liability: str, dispute: str) -> bool:
        """Whether a breach counts no more: it is not ours, and its dispute has come far enough."""
        return liability in NOT_OURS and dispute in self.leave_out_when


@cache
def rules() -> Rules:
    """The rules, read once a process."""
    return load(CONFIG / "agreements.yaml", Rules)
