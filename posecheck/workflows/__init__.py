"""The uses: analyze, practice, extract, tune, doctor. They connect the parts of the other packages."""
