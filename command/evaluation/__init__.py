"""The evaluation report of an incident (R7): written from its journal, edited in place, signed by posts, and told to users."""
