"""When the city works: the week, its holidays and moved days, and the deadlines counted by them.

Words owned: *span* (a stretch of work within one day), *week*, *day* (a date set apart from its weekday: a holiday or
a working day), *norm* and *pause* as values, *deadline*. The calendar is data of the centre: seeded, then edited.
"""
