"""The machine underneath: files that appear whole or not at all, a pool of processes, closing in order."""
