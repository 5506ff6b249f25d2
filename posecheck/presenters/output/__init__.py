"""Written to files: data, video, sound and plots."""
