"""What is said to the person and when: coach, praise, lesson, outcome and progression."""
