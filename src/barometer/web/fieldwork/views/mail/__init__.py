"""Pages behind the links in letters, and the mailbox of demo and training."""
