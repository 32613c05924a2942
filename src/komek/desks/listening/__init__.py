"""Where a call is heard again: the player that other desks show, and what it asks of us."""
