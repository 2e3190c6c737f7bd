"""Real servers and real clients, with faults at random moments; afterwards everything that was acknowledged is there.

`python -m tests.faults --rounds 1000` runs it for as long as wanted. What happens in a round follows from the seed and the
number of the round; in which instruction a fault strikes does not, so that a round that failed may need to be repeated a few
times.
"""
