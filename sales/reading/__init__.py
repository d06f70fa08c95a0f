"""From rows of cells to lines of sales."""
