"""How an SMSC is reached and what it wants."""

from dataclasses import dataclass, field
from typing import Literal

from notifiers.base import NotifierError
from notifiers.smpp_codes import NUMBER_ERRORS


class BadSettings(NotifierError, ValueError):
    """A setting of an SMPP account that cannot work; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class SmppSettings:
    """How to reach the SMSC. `window` bounds the requests without an answer of each bind; times are in seconds.

    `message_ids` says how the ids of acceptances become those of receipts: as they are, or by the number's other notation, because some
    SMSCs write one in hexadecimal and the other in decimal."""

    host: str
    system_id: str
    sender: str
    port: int = 2775
    password: str = field(default="", repr=False)
    system_type: str = ""
    binds: int = 1
    window: int = 64
    bind_type: Literal["transceiver", "transmitter_receiver", "transmitter"] = "transceiver"
    source_ton: int = 0
    source_npi: int = 0
    tls: bool = False
    ca_file: str | None = None
    enquire_link: float = 30.0
    timeout: float = 15.0
    message_ids: Literal["same", "hex_to_decimal", "decimal_to_hex"] = "same"
    number_errors: tuple[int, ...] = NUMBER_ERRORS

    def __post_init__(self) -> None:
        for name in ("host", "system_id", "sender"):
            if not getattr(self, name):
                setting = "username" if name == "system_id" else name
                raise BadSettings(f"{setting}: missing; the operator of the SMSC tells it")
        for name, most in (("system_id", 15), ("password", 8), ("system_type", 12), ("sender", 20)):
            value = getattr(self, name)
            if not value.isascii() or len(value) > most:
                raise BadSettings(f"{name}: at most {most} ASCII characters, as SMPP 3.4 has it")
        if not 1 <= self.binds <= 16:
            raise BadSettings("binds: must be 1 to 16")
