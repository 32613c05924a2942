"""`make chaos`: a real city under load, and a hand on the power switch.

Clients register cards over HTTP and write down, durably, what they were told; meanwhile faults chosen by a seed are
injected into the processes, the disk, the wires and the clock. Afterwards a checker that knows nothing of the city's code
holds what was told against what is in the database and in the store.
"""
