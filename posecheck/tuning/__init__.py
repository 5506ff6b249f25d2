"""Limits tried on labelled clips: replay, scores, searches, personal limits, and drafts of rule files."""
