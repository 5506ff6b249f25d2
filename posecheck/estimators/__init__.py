"""From frames to poses: MediaPipe (`mediapipe_pose`), its model (`model`), and the search for one person (`finder`).

The only package that imports mediapipe, and not before an estimator is made.
"""
