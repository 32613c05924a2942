"""Contacts arrive, wait by language and urgency, are offered, accepted and wrapped up; or are abandoned.

Words: contact (one call or conversation episode), arrival, queue, offer, seat, draft, wrap-up, abandoned.
"""
