"""The uses, wired together: analyze, practice, extract, tune, doctor."""
