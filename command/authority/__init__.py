"""Authority in use: the table edited and put in force, what it says of a case, overrides looked at afterwards, command succeeded."""
