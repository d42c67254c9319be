"""The evaluation of a drill: facts from the journal, what observers saw and rate, the hotwash, and the report that its trainer signs."""
