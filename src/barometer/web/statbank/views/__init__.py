"""The API in its two versions, and the pages where tables are built."""
