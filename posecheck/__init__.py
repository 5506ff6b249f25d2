"""posecheck watches a person stretch and says whether the form is good and how long it was held.

A frame becomes a pose, a pose becomes measures, measures are judged against a stretch's rule file, and the
judgements become holds, faults and one cue. This module imports nothing, so that ``posecheck --help`` is instant.
"""

__version__ = "0.1.0"
