"""A register of a realistic year, written by COPY in minutes: for measuring at the size of a capital.

Nothing here knows what a room writes. Each kind of life a card can have is played once through the rooms' own verbs,
with marks in place of everything that differs from card to card; what the verbs wrote is the mould of that life. The
year is then cast: who reaches out when, about what and from where is drawn, and every card is its mould with the marks
filled in. So a column that comes, or a line of history that goes, needs no change here, and what a mould holds but
nobody can explain stops the fill before it has written anything.
"""
