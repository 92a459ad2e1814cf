"""Which roles hold the permissions of topics and polls."""
