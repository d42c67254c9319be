"""Pages: sent by the ways people chose, answered, escalated, bundled."""
