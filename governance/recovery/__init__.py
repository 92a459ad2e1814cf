"""Backups, and the drill that restores one beside the portal."""
