"""Staff's own pages."""
