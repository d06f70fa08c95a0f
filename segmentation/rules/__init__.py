"""Rules of the segments. Pure."""
