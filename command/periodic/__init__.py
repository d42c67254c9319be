"""Periodic reports: a period's figures in words, frozen when they are made, archived, and sent to named people."""
