"""What an operator may answer at once: four contacts in five are questions, and this room holds the answers.

Words owned: *article* (one answer, in up to three languages, with an owner and days of validity), *bulletin* (what is
happening in the city right now), *missed* (a search that found nothing), *doubt* (somebody on the floor says that an
article is wrong), *script* (what to ask and say in one kind of emergency), *book* (all scripts as published together),
*trigger* (words that make a screen offer a script).
"""
