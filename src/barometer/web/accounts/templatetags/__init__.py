"""What staff's templates need beyond Django's own tags."""
