"""The proxy's own file in a real nginx before a real web process: TLS, and no upload without a check.

Run by `make proxy-check` on PostgreSQL, where nginx is installed.
"""

import os
import re
import shutil
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from knox.models import AuthToken

from orgs.attachments import attachments
from tests import files
from tests.cast import make_cast
from tests.services.conftest import database_url

NAME = "portal.example.gov.cn"
TEMPLATE = Path(settings.BASE_DIR) / "deploy/nginx.conf.template"


def certificate(folder: Path) -> None:
    """A certificate that nobody but this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def another_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path, web: int, plain: int, secure: int) -> Path:
    """The template filled in as the image does, and moved to this machine's ports and folders."""
    text = TEMPLATE.read_text().replace("${PORTAL_HOST}", NAME)
    for there, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("http://web:8000", f"http://127.0.0.1:{web}"),
        ("/certificates/", f"{folder}/"),
        ("alias /media/", f"alias {settings.MEDIA_ROOT}/"),
        ("/var/log/nginx/access.log", f"{folder}/access.log"),
    ):
        assert there in text
        text = text.replace(there, here)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    owner = "user root;\n" if Path("/root").owner() == Path.home().owner() else ""
    (folder / "nginx.conf").write_text(
        f"{owner}daemon off; pid {folder}/nginx.pid; error_log stderr notice;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}{text}}}\n"
    )
    return folder / "nginx.conf"


@pytest.fixture
def proxy(start, transactional_db, tmp_path, free_port):
    """nginx and gunicorn, running; gives the ports for http and https."""
    certificate(tmp_path)
    plain, secure = another_port(), another_port()
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, "install nginx first"
    folder = {"DATA_DIR": str(settings.DATA_DIR), "DATABASE_URL": database_url()}
    collect = start(sys.executable, "manage.py", "collectstatic", "--noinput", **folder)
    assert collect.end() == 0
    web = start(
        *(sys.executable, "-m", "gunicorn", "governance.wsgi", "--worker-class", "gthread"),
        **folder,
        GUNICORN_CMD_ARGS=f"--bind=127.0.0.1:{free_port}",
        ALLOWED_HOSTS=NAME,
        HTTPS="1",
        PROXY_COUNT="1",
        MEDIA_HANDOVER="/handed-over/",
    )
    web.wait_for("Booting worker")
    running = start(nginx, "-c", str(configuration(tmp_path, free_port, plain, secure)))
    running.wait_for("start worker process")
    return plain, secure


def ask(port: int, path: str, *, secure: bool = True, **headers: str):
    """The status, the headers and the body of an answer."""
    if secure:
        context = ssl._create_unverified_context()
        connection: HTTPConnection = HTTPSConnection("127.0.0.1", port, context=context)
    else:
        connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": NAME, **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_the_log_of_requests_names_paths_only(proxy, tmp_path):
    _plain, secure = proxy
    assert ask(secure, "/healthz?q=13800005678")[0] == 200
    # The one worker writes the line of a request before it takes the next.
    assert ask(secure, "/readyz")[0] == 200
    log = (tmp_path / "access.log").read_text()
    assert '"GET /healthz HTTP/1.1" 200' in log
    assert "13800005678" not in log


def test_tls_and_uploads(proxy):
    plain, secure = proxy
    status, headers, _body = ask(plain, "/tasks/?page=2", secure=False)
    assert (status, headers["Location"]) == (301, f"https://{NAME}/tasks/?page=2")
    status, headers, _body = ask(secure, "/healthz")
    assert status == 200
    status, headers, _body = ask(secure, "/accounts/login/")
    assert status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert ask(secure, "/metrics")[0] == 404

    cast = make_cast()
    kept = attachments.store(
        upload=files.upload(files.photo(), "photo.jpg"),
        by=cast.owner,
        now=datetime.now(UTC),
    )
    with kept.file.open("rb") as file:
        content = file.read()
    tokens = {
        user: {"Authorization": f"Token {AuthToken.objects.create(user)[1]}"}
        for user in (cast.owner, cast.outsider)
    }
    address = f"/media/{kept.pk}/"
    status, headers, body = ask(secure, address, **tokens[cast.owner])
    assert (status, headers["Content-Type"], body == content) == (200, "image/jpeg", True)
    assert "private" in headers["Cache-Control"]
    status, _headers, body = ask(secure, address, **tokens[cast.owner], Range="bytes=2-5")
    assert (status, body) == (206, content[2:6])
    for headers_sent in (tokens[cast.outsider], {}):
        status, _headers, body = ask(secure, address, **headers_sent)
        assert status in (302, 404)
        assert content not in body
    for guess in (f"/handed-over/{kept.file.name}", f"/media/{kept.file.name}"):
        assert ask(secure, guess)[0] == 404, guess


def test_nothing_in_the_template_is_left_to_fill_in():
    assert set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text())) == {"PORTAL_HOST"}
