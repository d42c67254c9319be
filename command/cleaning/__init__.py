"""Numbers that take no SMS, offered for cleaning: looked at, summed up, exported by the operator's own references, and cleared of a mark
that is wrong. How a number comes to be marked is `messages.bad`."""
