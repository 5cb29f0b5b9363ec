"""`recovery classroom`: a live page with two worlds, on this machine alone unless told otherwise."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli import console


def classroom(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to answer on; by default this machine alone reaches it.")] = "127.0.0.1",
    as_json: Annotated[bool, typer.Option("--json", help="Say in JSON where the page is, once it can be opened.")] = False,
) -> None:
    """Open a live page for a class: two worlds of the same people side by side, with levers to move.

    Example: recovery classroom
    """
    from analysis.classroom import server

    console.check_number("--port", port, 1, 65535)
    listening = server.listen(host, port)
    try:
        console.compile_first()
        if host not in server.LOOPBACK:
            console.note(f"Note: whoever can reach {host} can open the page. It needs no name and keeps nothing.")
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        tell = (lambda: console.say_json({"url": url})) if as_json else (lambda: console.say(f"{url}  Ctrl-C ends it."))
        server.serve(listening, host, tell)
    finally:
        listening.close()
