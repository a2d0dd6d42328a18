"""Drills of everything a run rests on: broken under load, and the lake compared with that of an undisturbed run."""
