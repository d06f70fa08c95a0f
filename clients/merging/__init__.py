"""Make one client of two, and two of one again within thirty days."""
