"""Likely duplicates: ``keys`` and ``scoring`` are the pure rules, ``finding`` applies them to all clients."""
