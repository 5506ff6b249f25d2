"""From frames to poses: MediaPipe and its model. The only package that imports mediapipe, and not before an estimator is made."""
