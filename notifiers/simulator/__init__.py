"""A Twilio-compatible SMS provider that reaches nobody: an HTTP server with phones to look at and faults to inject."""

from notifiers.simulator.server import Simulator, start
from notifiers.simulator.world import Settings

__all__ = ["Settings", "Simulator", "start"]
