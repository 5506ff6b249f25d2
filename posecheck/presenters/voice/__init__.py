"""Spoken: the system's speech engines and the queue before them."""
