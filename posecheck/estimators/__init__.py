"""From frames to poses: MediaPipe (`mediapipe_pose`) and its model (`model`).

The only package that imports mediapipe, and not before an estimator is made.
"""
