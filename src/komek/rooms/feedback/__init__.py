"""What we tell the resident, and what they answer: notices at every turn, and confirm or refute at the end.

Words: notice, moment (registered, passed on, delayed, done …), survey, score. *Confirmed* is said here, by the resident.
"""
