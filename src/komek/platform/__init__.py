"""What carries the house: facts, live push, jobs, audit, files, time. It knows nothing of cities."""
