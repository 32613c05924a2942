"""How well the floor works: the figures of the wallboard and what they are held against, and contacts that are reviewed.

Words owned: *figure of the wall* (one number that stands for this moment), *threshold* (from where on a figure asks to be
watched, and from where on to act), *breach* (the time a figure spent there), *review* (somebody has looked at how a
contact was handled), *criterion* (one question of a review).
"""
