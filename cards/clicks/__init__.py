"""What buttons carry: one payload class per button, one file per subject."""
