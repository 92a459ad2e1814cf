"""Runs what a story tells it on the portal's data, one piece of Python after the other.

Loading Django takes seconds; here it is loaded once, while the browser opens its first page. Each piece
comes as one line of JSON on the standard input; its answer is one line of JSON: what it printed, or the
error that it ended with.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout


def main() -> None:
    import django

    django.setup()
    from django.db import close_old_connections

    for line in sys.stdin:
        said, failed = io.StringIO(), ""
        with redirect_stdout(said):
            try:
                exec(json.loads(line), {"__name__": "told"})
            except Exception:  # whatever it is, the story that told it fails with it
                failed = traceback.format_exc()
        close_old_connections()
        sys.stdout.write(json.dumps({"said": said.getvalue(), "failed": failed}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
