"""Drawn on pictures: the scene, the body, measures, panels and the target figure."""
