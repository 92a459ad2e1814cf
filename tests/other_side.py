"""A small server that stands in for WeChat's and DingTalk's: where people say yes, tokens, who they are."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


class OtherSide(ThreadingHTTPServer):
    """Gives a token for the code "good", and says who that is; keeps what it was asked."""

    key = "openid-1"
    mobile = ""
    broken: bytes | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, dict[str, Any]]] = []


class Answering(BaseHTTPRequestHandler):
    server: OtherSide

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = "json" in self.headers["Content-Type"]
        body = json.loads(text) if is_json else {k: v[0] for k, v in parse_qs(text).items()}
        self.server.asked.append((self.path, body))
        if self.server.broken is not None:
            return self.reply(self.server.broken)
        if body["code"] != "good":
            return self.reply(b'{"errcode": 40029, "errmsg": "invalid code"}')
        if self.path == "/sns/oauth2/access_token":
            return self.answer(access_token="t", expires_in=7200, openid=self.server.key)
        return self.answer(accessToken="t", refreshToken="r", expireIn=7200)

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        address = urlsplit(self.path)
        if address.path == "/authorize":
            return self.lead_back(parse_qs(address.query))
        known = {"openId": self.server.key, "nick": "小明", "stateCode": "86"}
        return self.answer(**known, mobile=self.server.mobile)

    def lead_back(self, asked: dict[str, list[str]]) -> None:
        """Who is sent here says yes at once."""
        back = urlencode({"code": "good", "state": asked["state"][0]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
        self.end_headers()

    def answer(self, **values: Any) -> None:
        self.reply(json.dumps(values).encode())

    def reply(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: Any) -> None:
        """Silent."""
