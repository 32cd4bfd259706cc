"""Stand-ins that speak the wire format, and the main story played through them."""
