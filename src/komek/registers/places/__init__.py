"""Where things are: districts, streets, crossings, houses, and who serves which house.

Words owned: *place* (text + suggested street and house + a point + a landmark; an unknown address never blocks),
*duty* (what somebody owes a house: osi, lift, heat …), *fold* (letters brought together for search).
"""
