"""What is measured of a pose: the table of measures, the view, the back's outline, framing, the floor line."""
