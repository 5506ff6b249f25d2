"""Measures against rules, in time: situation, holds, cues, movements, and the judgement of a whole session."""
