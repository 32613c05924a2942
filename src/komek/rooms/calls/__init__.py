"""The telephone: which calls there were, who rang, who answered, and who is still to be called back.

A call is one unique id of the switch and one contact; what happened to it is read from the switch's own journal, line by
line, each once. Words: call, seat (of a telephone: the line of one browser), call-back, journal, entry (a line of it).
"""
