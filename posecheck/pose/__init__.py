"""One body in numbers: landmarks, frames, plane geometry, smoothing in time, turning points, intervals."""
