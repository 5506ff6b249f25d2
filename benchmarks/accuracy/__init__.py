"""How accurate posecheck is on the sample clips, of which the truth is known: ``python -m benchmarks.accuracy``.

`benchmarks.evidence.accuracy` makes the page of it, and the slice that CI runs.
"""
