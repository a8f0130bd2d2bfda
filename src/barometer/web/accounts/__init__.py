"""Staff: who they are, what they may do, and how they show it."""
