"""Words of a form whose session had ended: kept for their author, given back after signing in."""
