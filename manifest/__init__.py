"""The Teams app package: the manifest template, its localisations and its icons."""
