"""`recovery classroom`: a live page with two worlds, on this machine alone unless told otherwise."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli import console


def classroom(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to answer on; by default this machine alone reaches it.")] = "127.0.0.1",
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
        shown = f"[{host}]" if ":" in host else host
        server.serve(listening, host, lambda: console.say(f"http://{shown}:{port}/  Ctrl-C ends it."))
    finally:
        listening.close()
