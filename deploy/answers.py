"""Fails unless the portal of this machine answers /healthz; for the health check of a container."""

import os
from urllib.request import urlopen

urlopen(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz", timeout=5).close()
