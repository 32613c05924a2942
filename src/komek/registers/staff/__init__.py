"""Who works here and for whom: agents with a role and languages, the city services they belong to, partner systems.

Words owned: *agent* (a person who signs in), *service* (the city body or company that does the work), *partner*
(another system with a key), *role* and *right*.
"""
