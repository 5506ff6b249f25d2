"""What a stretch is: the model of a rule file and of a routine, its limits and their consistency. Reads no files."""
