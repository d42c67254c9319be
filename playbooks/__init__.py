"""Playbooks: emergency plans as data. Knows nothing of the application that runs them."""
