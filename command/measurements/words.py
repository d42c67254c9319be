"""What states, metrics and sides are called: English message ids, translated where they are shown."""

from command.core.problems import N_

STANDS = {
    "unknown": (N_("Not known yet"), ""),
    "good": (N_("Good"), "ok"),
    "warn": (N_("Warning"), "warn"),
    "bad": (N_("Bad"), "bad"),
}
"""Word and tone of how a series stands."""
SIDES = {"below": N_("Low values are bad"), "above": N_("High values are bad")}
LINES = {"warn": N_("Warning"), "bad": N_("Bad"), "recover": N_("Recovered")}
METRICS = {
    "attach_success": N_("Attach success"),
    "call_setup": N_("Call set-up success"),
    "throughput": N_("Throughput"),
    "latency": N_("Latency"),
    "packet_loss": N_("Packet loss"),
    "registration": N_("Registration success"),
}
"""Metrics with words of their own; others are shown by their code."""
