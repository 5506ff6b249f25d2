"""What is read from and written to disk: rule files, recordings, labels, profiles, the history."""
