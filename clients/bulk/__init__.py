"""Acts on many records at once: chosen in a list, confirmed with their count, done by a job, undone if cheap."""
