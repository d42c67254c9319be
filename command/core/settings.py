"""What an operator can set, from the environment (TOCSIN_…) over config/tocsin.toml. A bad value names itself and its remedy."""

import os
import tomllib
from contextvars import ContextVar
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from command.core.paths import CONFIG
from notifiers import approved


class SettingsError(Exception):
    """A setting cannot be used; the message names each one and what to do."""


class SenderSettings(BaseModel):
    """One of a gateway's senders: the `number` (or name) messages show, and what it may carry a second and a day (none: what the gateway
    may)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str = Field(min_length=1, max_length=34, pattern=r"^[\x21-\x7e]+$")
    rate: int | None = Field(default=None, ge=1, le=100_000)
    daily_cap: int | None = Field(default=None, ge=1)


class GatewaySettings(BaseModel):
    """One transport. `rate` is messages a second shared by all engines; `elements` are those it depends on (B4); `sms_price` what the
    provider takes for a segment, in `sms_currency` (ISO 4217); `approved_texts` a file of the only texts it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    transport: Literal["twilio", "console", "simulated", "twilio_voice", "smtp", "chat", "push", "smpp"]
    account_sid: str = ""
    auth_token: str = ""
    sender: str = ""
    senders: tuple[SenderSettings, ...] = ()
    base_url: str | None = None
    rate: int = Field(default=100, ge=1, le=100_000)
    window: int = Field(default=64, ge=1, le=1000)
    two_way: bool = True
    url: bool = True
    voice: bool = False
    unicode: bool = True
    daily_cap: int | None = None
    look_up: Literal["none", "advisory", "authoritative"] = "advisory"
    elements: tuple[str, ...] = ()
    approved_texts: Path | None = None
    sms_price: Decimal | None = Field(default=None, ge=0, le=1000, allow_inf_nan=False)
    sms_currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    host: str = ""
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = Field(default="", repr=False)
    ca_file: Path | None = None
    system_type: str = ""
    binds: int = Field(default=1, ge=1, le=16)
    bind_type: Literal["transceiver", "transmitter_receiver"] = "transceiver"
    source_ton: int = Field(default=0, ge=0, le=6)
    source_npi: int = Field(default=0, ge=0, le=18)
    tls: bool = False
    enquire_link: float = Field(default=30, gt=0, le=600)
    message_ids: Literal["same", "hex_to_decimal", "decimal_to_hex"] = "same"
    number_errors: tuple[int, ...] = (1, 5, 9, 11, 12, 13)
    schemes: tuple[str, ...] = ("wecombot", "dingtalk", "feishu", "slack", "msteams", "workflow")
    kinds: tuple[Literal["first", "update", "all_clear", "correction", "advisory"], ...] = ("all_clear", "advisory")
    deliver_within: int = Field(default=120, ge=10, le=86_400)

    @model_validator(mode="after")
    def _tells_the_truth(self) -> "GatewaySettings":
        """Only calls are voice; calls, e-mail and chats bring no replies back, and calls carry no links; SMPP has no look-up."""
        made: dict[str, object] = {"voice": self.channel == "voice"}
        made |= {"two_way": self.two_way and self.channel == "sms", "url": self.url and self.channel != "voice"}
        if self.transport == "smpp":
            made["look_up"] = "none"  # an SMSC can be asked only about what it gave an id
        for name, value in made.items():
            object.__setattr__(self, name, value)
        return self

    @model_validator(mode="after")
    def _senders_make_sense(self) -> "GatewaySettings":
        """Several senders are one gateway's, each once; the first is the one of what has no turn of its own. A gateway carries no more
        than its senders together."""
        if not self.senders:
            return self
        if self.transport not in ("twilio", "simulated", "smpp"):
            raise ValueError(f"{self.name}: senders: {self.transport} has one sender; remove them, or set sender")
        if self.transport == "smpp" and (
            long := next((one.number for one in self.senders if len(one.number) > 20), None)
        ):
            raise ValueError(f"{self.name}: senders: {long!r}: at most 20 characters, as SMPP 3.4 has it")
        numbers = [one.number for one in self.senders]
        if self.sender not in ("", numbers[0]):
            raise ValueError(f"{self.name}: sender: senders are given too; put it first among them and remove it here")
        if twice := next((one for one in numbers if numbers.count(one) > 1), None):
            raise ValueError(f"{self.name}: senders: {twice!r} is there twice; remove one")
        object.__setattr__(self, "sender", numbers[0])
        rates = [one.rate for one in self.senders if one.rate is not None]
        if len(rates) == len(self.senders):
            object.__setattr__(self, "rate", min(self.rate, sum(rates)))
        caps = [one.daily_cap for one in self.senders if one.daily_cap is not None]
        if len(caps) == len(self.senders):
            object.__setattr__(
                self, "daily_cap", sum(caps) if self.daily_cap is None else min(self.daily_cap, sum(caps))
            )
        return self

    @field_validator("approved_texts")
    @classmethod
    def _texts_can_be_read(cls, value: Path | None) -> Path | None:
        if value is not None:
            approved.read(value)
        return value

    @property
    def approved(self) -> tuple[str, ...] | None:
        """The only texts it takes; None: any."""
        return approved.read(self.approved_texts) if self.approved_texts else None

    def takes(self, text: str) -> bool:
        """Whether it takes a text."""
        return self.approved is None or approved.fits(text, self.approved)

    @property
    def channel(self) -> "Channel":
        """What its messages are."""
        return _CHANNELS.get(self.transport, "sms")

    def at(self, simulator_port: int) -> "GatewaySettings":
        """The same gateway with the simulator's port filled in."""
        if self.base_url is None:
            return self
        return self.model_copy(update={"base_url": self.base_url.replace("{simulator_port}", str(simulator_port))})


Channel = Literal["sms", "voice", "email", "chat", "push"]
_CHANNELS: dict[str, Channel] = {"twilio_voice": "voice", "smtp": "email", "chat": "chat", "push": "push"}


class CorrelationSettings(BaseModel):
    """When alarms become an incident: window in seconds, hops in links, thresholds as counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window_seconds: float = Field(default=300, gt=0)
    max_hops: int = Field(default=10, ge=1)
    min_elements: int = Field(default=2, ge=1)
    min_alarms: int = Field(default=2, ge=1)
    quiet_seconds: float = Field(default=600, gt=0)
    quiet_is_recovery: bool = False


class IntakeSettings(BaseModel):
    """Which times of alarms are believed: so many minutes ahead of the clock, so many days behind it; and how many batches of alarms or
    measurements a web process takes in at once before it tells the next to come again (429)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_once: int = Field(default=32, ge=1, le=1000)

    future_minutes: float = Field(default=5, ge=0)
    oldest_days: float = Field(default=7, gt=0)


class MeasurementSettings(BaseModel):
    """What becomes of measurements: `opens` says whether a bad series opens an incident by itself or proposes it to a person; which times
    are believed; for how many days raw points are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: Literal["propose", "auto"] = "propose"
    future_minutes: float = Field(default=5, ge=0)
    oldest_days: float = Field(default=7, gt=0)
    keep_days: int = Field(default=35, ge=1)


class Settings(BaseSettings):
    """Settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", env_nested_delimiter="__", extra="ignore", frozen=True)

    env: Literal["development", "test", "demo", "production"] = "development"
    data: Path = Path("var")
    database_url: str = ""
    database_connections: int = Field(default=15, ge=5, le=200)
    playbooks: Path | None = None
    holidays: Path | None = None
    recipients: Path | None = None
    notices: Path | None = None
    upward_percent: int = Field(default=75, ge=1, le=100)
    keys: str = ""
    secret: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535, validation_alias=AliasChoices("TOCSIN_PORT", "PORT", "port"))
    simulator_port: int = Field(
        default=8025,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("TOCSIN_SIMULATOR_PORT", "SIMULATOR_PORT", "simulator_port"),
    )
    public_url: str = ""
    proxies: int = Field(default=0, ge=0, le=5)
    operator: str = "demo"
    operator_name_zh: str = "示例通信"
    operator_name_en: str = "Example Telecom"
    hotline: str = "10000"
    centre_hotline: str = ""
    zone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    profile: Literal["cn", "us", "eu"] = "cn"
    quiet_hours: bool = True
    call_critical: bool = True
    partial_all_clear_minutes: float = Field(default=5, ge=0)
    observation_factor: float = Field(default=1, ge=0, le=100)
    log_format: Literal["console", "json"] = "console"
    max_body_bytes: int = Field(default=8_000_000, ge=1000)
    snapshot_every: int = Field(default=500, ge=1)
    correlation: CorrelationSettings = CorrelationSettings()
    intake: IntakeSettings = IntakeSettings()
    measurements: MeasurementSettings = MeasurementSettings()
    gateways: tuple[GatewaySettings, ...] = ()
    hand_over_minutes: float = Field(default=15, ge=1, le=1440)
    review_days: float = Field(default=7, gt=0, le=365)
    commander_sign_minutes: float = Field(default=30, ge=0, le=1440)
    family_depth: int = Field(default=2, ge=1, le=5)
    assessment_minutes: int = Field(default=20, ge=5, le=1440)
    cap_feeds: tuple[str, ...] = ()
    pages_share: float = Field(default=0.2, gt=0, lt=1)
    dead_man_url: str = Field(default="", repr=False, pattern=r"^(https?://\S+)?$")
    dead_man_seconds: float = Field(default=60, ge=10, le=3600)

    @model_validator(mode="after")
    def _gateways_know_the_simulator(self) -> "Settings":
        """`{simulator_port}` in a gateway's address stands for the port the demo's simulator listens on."""
        given = tuple(g.at(self.simulator_port) for g in self.gateways)
        object.__setattr__(self, "gateways", given)
        return self

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no IANA time zone; use a name such as Asia/Shanghai")
        return value

    @model_validator(mode="after")
    def _production_is_no_demo(self) -> "Settings":
        if self.env == "production" and not self.keys:
            raise ValueError("production needs TOCSIN_KEYS; make one with `tocsin keys new`")
        return self

    @property
    def url(self) -> str:
        """The database's URL; SQLite in the data folder unless set."""
        return self.database_url or f"sqlite:///{(self.data / 'tocsin.db').absolute()}"

    @property
    def origin(self) -> str:
        """The address people and gateways reach this installation at, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def demo_allowed(self) -> bool:
        return self.env != "production"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, _from_file.get() or {})


_from_file: ContextVar[dict[str, Any] | None] = ContextVar("settings file", default=None)
"""What `read` found in the settings file: the last source, merged name by name below the environment, nested ones too."""


def read(path: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings file, then the environment, then `overrides`; raise SettingsError naming what is wrong."""
    file = path or Path(os.environ.get("TOCSIN_CONFIG", CONFIG / "tocsin.toml"))
    try:
        from_file = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not valid TOML: {error}. Mend the line named.") from error
    unknown = set(from_file) - set(Settings.model_fields)
    if unknown:
        raise SettingsError(f"{file}: unknown setting {', '.join(sorted(unknown))}. Remove it or correct its name.")
    token = _from_file.set(from_file)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(e) for e in error.errors())) from error
    finally:
        _from_file.reset(token)


def _explain(error: Any) -> str:
    name = "TOCSIN_" + "__".join(str(part) for part in error["loc"]).upper().removeprefix("TOCSIN_")
    given = f" (given {error['input']!r})" if isinstance(error.get("input"), str | int | float) else ""
    return f"{name if error['loc'] else 'settings'}: {error['msg']}{given}. Correct it in the environment or config/tocsin.toml."
