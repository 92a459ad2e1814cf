"""Reading what clients send: JSON that is text through and through, and no deeper than a stack."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class TextJSONParser(JSONParser):
    """DRF's parser, which also refuses half characters (lone surrogates), endless nesting, null, and
    numbers that are none: 1e400 is read as infinity."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data: Any = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (RecursionError, ValueError):
            raise ParseError(_("The JSON cannot be read.")) from None
        if data is None:
            raise ParseError(_("Send an object, not null."))
        return data
