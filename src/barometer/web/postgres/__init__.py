"""Django's way to PostgreSQL, as the settings name it."""
