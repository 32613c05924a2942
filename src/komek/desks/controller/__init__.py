"""The second line: what is red, what waits for a check, what nobody owns; and every decision about it."""
