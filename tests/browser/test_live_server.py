"""The live page's server: it serves its own pages, to this machine, and no file of the machine."""

from __future__ import annotations

import base64
import http.client
import os
import re
import socket
import sys
from urllib.parse import urlsplit

import pytest

from analysis.cli import run_command


def get(classroom, path, method="GET", **headers):
    where = urlsplit(classroom.url)
    connection = http.client.HTTPConnection(where.hostname, where.port)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.text = answer.read().decode(errors="replace")
    connection.close()
    return answer


def test_a_page_forbids_its_browser_every_other_place(classroom):
    for path in ("/", "/single"):
        answer = get(classroom, path)
        assert answer.status == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert '<html lang="en">' in answer.text
        assert "user-scalable" not in answer.text
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//", answer.text) == []


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml", "/classroom/../server.py", "/classroom/..%2fserver.py", "/classroom/lesson.html",
        "/static/../server.py", "/static/%2e%2e/server.py", "/_solara/cdn/../../../pyvenv.cfg",
        "/_solara/cdn/%2e%2e/%2e%2e/%2e%2e/pyvenv.cfg", "/etc/passwd", "/static/public/choices.py",
        "/_solara/cdn/react@18/index.js", "/jupyter/nbextensions/jupyter-vue/%2e%2e/%2e%2e/x",
        "/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1", "/resourcez", "/readyz", "/anything",
    ],
)  # fmt: skip
def test_no_file_of_the_machine_can_be_reached_and_nothing_is_fetched_for_a_page(classroom, path):
    assert get(classroom, path).status == 404


def test_what_is_served_is_still_there_after_it_was_asked_for_as_a_folder(classroom):
    get(classroom, "/_solara/cdn/@widgetti")
    file = re.search(r"/_solara/cdn/@widgetti/[^\"]+\.min\.js", get(classroom, "/").text)[0]
    assert get(classroom, file).status == 200


def test_it_answers_to_its_own_names_only(classroom):
    port = urlsplit(classroom.url).port
    assert get(classroom, "/", Host=f"elsewhere.example:{port}").status == 403
    assert get(classroom, "/", Host=f"localhost:{port}").status == 200
    assert get(classroom, "/", Origin="https://elsewhere.example").status == 403
    assert get(classroom, "/", Host="[").status == 403


def wire(classroom, query, origin) -> bytes:
    """Ask for a page's connection; gives the status of the answer."""
    where = urlsplit(classroom.url)
    with socket.create_connection((where.hostname, where.port)) as opened:
        key = base64.b64encode(os.urandom(16)).decode()
        opened.sendall(
            f"GET /jupyter/api/kernels/1234/channels{query} HTTP/1.1\r\nHost: {where.netloc}\r\nOrigin: {origin}\r\n"
            "Cookie: solara-session-id=a\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        return opened.recv(64).split()[1]


def test_a_page_from_elsewhere_or_one_that_does_not_say_which_it_is_gets_no_wire(classroom):
    own = classroom.url.rstrip("/")
    assert wire(classroom, "?session_id=a", own) == b"101"
    assert wire(classroom, "?session_id=a", "https://elsewhere.example") == b"403"
    assert wire(classroom, "", own) == b"403"


def test_a_page_that_is_closed_without_saying_which_is_answered_in_words(classroom):
    answer = get(classroom, "/_solara/api/close/abc", "POST")
    assert (answer.status, answer.text) == (400, "This does not say which page is closed.")
    assert get(classroom, "/_solara/api/close/abc?session_id=a", "POST").status == 200


def test_only_this_machine_can_reach_it(classroom):
    port = f"{urlsplit(classroom.url).port:04X}"
    with open("/proc/net/tcp") as table:
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    assert [address for address in listening if address.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_a_port_that_is_taken_is_one_clear_message(classroom, capsys):
    port = urlsplit(classroom.url).port
    assert run_command(["classroom", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"recovery: port {port} of 127.0.0.1\n  given: taken")
    assert f"--port {port + 1}" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--port", "70000"], "1 to 65,535"), (["--port", "0"], "1 to 65,535"), (["--host", "192.0.2.1"], "of 192.0.2.1"),
     (["--host", "no such host"], "no such host"), (["--host", ""], "--host")],
)  # fmt: skip
def test_where_it_cannot_listen_it_says_so(options, said, capsys):
    assert run_command(["classroom", *options]) == 2
    assert said in capsys.readouterr().err


def test_without_its_packages_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "solara.server.app", None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert run_command(["classroom", "--port", str(port)]) == 2
    assert "pip install 'recovery-journeys[classroom]'" in capsys.readouterr().err
