"""What residents ask about: topics in groups, with a service, a priority and a norm, in dated versions.

Words owned: *topic* (an entry of the classifier), *group*, *norm* (its promised time), *version* (a card keeps the
version it was made under).
"""
