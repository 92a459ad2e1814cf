"""What gunicorn serves where a story moves the portal's clock."""

import tests.e2e.clock  # noqa: F401  first of all, as modules may take `now` by its name
from governance.wsgi import application

__all__ = ["application"]
