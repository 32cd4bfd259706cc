"""The scenes of the main story, a file per subject."""
