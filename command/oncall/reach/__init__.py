"""How a person can be reached: addresses and numbers proved by a code, in an order, and when to leave them in peace."""
