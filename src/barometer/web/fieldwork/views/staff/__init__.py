"""The field manager's desk."""
