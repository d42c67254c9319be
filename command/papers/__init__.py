"""Papers to be taken away: sections of words, pairs, lists and tables, written as PDF or DOCX."""
