"""The studio: a script becomes a rendered clip of a person stretching, and the truth about every frame of it.

`script` (what is done when) -> `timeline` (what is asked of the body at a time) -> `postures` and `solver` (a skeleton
that does it, resting on the floor) -> `figure`, `scene`, `renderer` (a picture) and `truth` (joints and measures).
`samples/README.md` says how scripts and truth files are written and what the studio needs.
"""
