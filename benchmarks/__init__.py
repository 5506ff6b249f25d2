"""Measurements of posecheck: how fast, how accurate. Not part of the wheel."""
