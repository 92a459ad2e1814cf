"""A code sender that keeps what was sent."""

sent: list[tuple[str, str]] = []


def keep(phone: str, text: str) -> None:
    """Keeps one message, as settings.CODE_SENDER asks."""
    sent.append((phone, text))
