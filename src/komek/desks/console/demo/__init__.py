"""The demonstration: a city that has lived for thirty days and goes on living.

Everybody in it is an actor: residents, operators, dispatchers, controllers. An actor hears a fact, as a person sees it
on a screen, and plans a step for later; the step is an action of a room, with its own clock. The same actors play the
past in minutes (`history`) and the present as it comes (`living`). Nothing is remembered outside the database: who was
killed looks at the city and plans anew.
"""
