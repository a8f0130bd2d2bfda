"""Pages of those who vote, and of everyone."""
