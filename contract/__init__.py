"""The support contract as pure rules: frozen values and functions, one subject a file."""
