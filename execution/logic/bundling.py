"""How long text waits for company on its way to the viewers.

Each frame costs its process about the same, whatever it holds. A process with few streams has time
for one every 50 ms; one with many would spend its time on frames that hold one chunk, and text
would come later for that.
"""

FEW, MANY = 100, 200
"""Streams of a process, up to which frames are bundled shortest, and from which on longest."""
SHORTEST_S, LONGEST_S = 0.050, 0.100
WAY_S = 0.015
"""What the way from a worker to a web process may take: so much less, text waits in the worker."""


def frame_wait(streams: int) -> float:
    """Seconds between the oldest text of a frame and the frame."""
    share = min(max((streams - FEW) / (MANY - FEW), 0.0), 1.0)
    return SHORTEST_S + share * (LONGEST_S - SHORTEST_S)


def news_wait(streams: int) -> float:
    """Seconds that text waits in the process which receives it from the model."""
    return frame_wait(streams) - WAY_S
