"""Words of roads, each with its message id."""

from collections.abc import Mapping

from command.core.problems import N_

STATES: Mapping[str, str] = {
    "open": N_("in use"),
    "paused": N_("paused"),
    "avoided": N_("kept out of use"),
    "stopped": N_("stopped by the provider"),
    "broken": N_("resting after failures"),
    "spent": N_("has carried all it may today"),
    "lost": N_("cut off itself"),
}
TONES: Mapping[str, str] = {
    "open": "ok",
    "paused": "warn",
    "avoided": "warn",
    "stopped": "bad",
    "broken": "bad",
    "spent": "warn",
    "lost": "bad",
}
CHANNELS: Mapping[str, str] = {
    "sms": N_("SMS"),
    "voice": N_("Call"),
    "email": N_("E-mail"),
    "chat": N_("Chat"),
    "push": N_("App"),
}
LINKS: Mapping[str, str] = {"bound": N_("bound"), "down": N_("no connection"), "refused": N_("account refused")}
LINK_TONES: Mapping[str, str] = {"bound": "ok", "down": "warn", "refused": "bad"}
LINK_KINDS: Mapping[str, str] = {
    "transceiver": N_("sends and receives"),
    "transmitter": N_("sends"),
    "receiver": N_("receives"),
}
LANES: Mapping[str, str] = {
    "page": N_("Pages"),
    "correction": N_("Corrections"),
    "first": N_("First notices"),
    "all_clear": N_("All-clears"),
    "update": N_("Updates"),
    "survey": N_("Surveys"),
}
ACTS: Mapping[str, str] = {"pause": N_("Pause"), "slow": N_("Slow"), "divert": N_("Divert")}
KINDS: Mapping[str, str] = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
    "correction": N_("Correction"),
}
