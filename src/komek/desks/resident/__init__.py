"""Anyone: write to the centre, follow a number, confirm or refute what was done."""
