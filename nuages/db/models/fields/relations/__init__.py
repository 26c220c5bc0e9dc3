"""Relations: fields, their reverse sides, descriptors and managers. The documented paths are faces over these files."""
