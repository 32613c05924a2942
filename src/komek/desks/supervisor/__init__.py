"""The shift lead: what is happening now, who is where, the numbers of any day, and the rules and the calendar."""
