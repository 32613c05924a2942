"""The numbers of the centre, each with its definition, counted once and kept.

Words: story (what is known of one card, contact or message for counting: ids, codes and times, never personal data),
tally (a kept counter of one day, measure and dimension), KPI (a figure with its formula and its aims).
Stories are told by the facts of the other rooms; they can be told anew from those rooms' own history.
"""
