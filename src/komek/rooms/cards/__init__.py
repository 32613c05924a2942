"""The card: what a resident asked for, with a number that stays, a status, an owner and its whole history.

Words: card (the registered request), number, kind, status, owner, history. *Done* is the service's word (workorders),
*closed* the controller's (here), *confirmed* the resident's (feedback).
"""
