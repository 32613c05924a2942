"""Questions to the numbers: the figures of any days, the wallboard of today, and the curve of the day."""

from komek.rooms.analytics.queries.curves import Curve, curve
from komek.rooms.analytics.queries.figures import Live, busiest, counts, day, kpis, live, months, overdue_by

__all__ = ["Curve", "Live", "busiest", "counts", "curve", "day", "kpis", "live", "months", "overdue_by"]
