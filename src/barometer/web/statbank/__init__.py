"""The statistics bank: released tables by an API that PxWeb's clients speak, and pages where readers build."""
