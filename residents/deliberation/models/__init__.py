"""Topics and polls; each noun in a module of its own."""
