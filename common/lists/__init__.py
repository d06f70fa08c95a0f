"""One component for all lists: an app says what a list is made of, this shows, sorts, filters and exports it."""
