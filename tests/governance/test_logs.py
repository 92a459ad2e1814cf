"""Logs are JSON, carry the request's number and hold no private data."""

import json
import logging

import pytest
import structlog

from governance.logs import hide_private_numbers, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 13800005678 now", "call 138****5678 now"),
        ("+8613800005678", "+86138****5678"),
        ("身份证420106199001011234", "身份证420106********1234"),
        ("42010619900101123X", "420106********123X"),
        ("421102005003-001", "421102005003-001"),
        ("1380000567812345", "1380000567812345"),
        ("no numbers", "no numbers"),
    ],
)
def test_numbers_are_masked(text, expected):
    assert masked(text) == expected


def test_queries_and_every_text_of_an_event_are_hidden():
    event = hide_private_numbers(
        None, "info", {"request": "GET /x?phone=13800005678", "error": "13800005678", "count": 3}
    )
    assert event == {"request": "GET /x", "error": "138****5678", "count": 3}


@pytest.fixture
def lines(caplog):
    """What the log's own handler writes of each record, read as JSON."""
    (console,) = (
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    caplog.set_level(logging.INFO)

    def read() -> list[dict]:
        return [json.loads(console.format(record)) for record in caplog.records]

    return read


@pytest.mark.parametrize("logger", [structlog.get_logger("tests"), logging.getLogger("tests")])
def test_the_configured_loggers_mask(lines, logger):
    logger.warning("call 13800005678")
    assert [line["event"] for line in lines()] == ["call 138****5678"]


def test_a_request_is_one_line_with_its_number_and_without_query(client, db, lines):
    client.get("/readyz?phone=13800005678")
    (line,) = lines()
    assert line["event"] == "request_finished"
    assert line["request_id"]
    assert "phone" not in json.dumps(line)


@pytest.mark.parametrize(("proxies", "ip"), [(0, "127.0.0.1"), (1, "192.0.2.9")])
def test_the_address_in_the_log_is_the_audits(client, db, lines, settings, proxies, ip):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.1, 192.0.2.9"})
    assert {line["ip"] for line in lines()} == {ip}
