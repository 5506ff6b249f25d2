"""Shown in a window: practice and labelling."""
