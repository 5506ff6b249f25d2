"""Printed in the terminal: analyses, tuning, the history, explanations and tables."""
