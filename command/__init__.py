"""Tocsin. What its modules load stays: from the first import on that is seldom searched for garbage, which took a fifth of each start."""

from command.core import garbage

garbage.look_rarely()
