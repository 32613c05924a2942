"""What was said on the telephone: kept whole, provably unchanged, heard only by those who may, and gone when its time is over.

Words: *leg* (one side of a call as the switch writes it), *tape* (both legs, as long as they are only there), *recording*
(what is kept of a call: sealed sound, and a link of a chain that shows that nothing was altered or left out), *finding*
(what is not as it should be in a recording), *gap* (where the recording was paused, and why), *keeping* (for how long).
"""
