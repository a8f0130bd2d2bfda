"""Pages of those who vote."""
