"""Whose it is, and by when: rules that are data, assignments that explain themselves, and the two clocks.

Words: rule, rule set, assignment, clock (`due_at` operational, `legal_due_on` legal), pause, extension, redirect.
"""
