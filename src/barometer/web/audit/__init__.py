"""Who did what and when: append-only, without foreign keys, written in the transaction of the act itself."""
