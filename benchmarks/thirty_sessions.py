"""Thirty classes at once on the live page: how long a step takes, whether memory stays flat, and whether anything breaks.

python benchmarks/thirty_sessions.py [--sessions 30] [--minutes 10] [--people 500]

Starts `recovery classroom` on a free port of this machine, and lets scripted sessions do what a class does: open, step on, read a
life now and then, and begin again with new luck at the end. The sessions speak the page's own protocol over websockets; no
browser draws anything. Ends with 1 where 95 % of the steps take 300 ms or more, memory grows, or anything breaks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import statistics
import struct
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websockets

MOST_STEP_MS = 300
MOST_GROWTH = 1.15
YEARS = 2
LIVES_READ = 0.05
"""Share of steps after which a class reads a life."""


class Client:
    """One page's side of the wire: the messages that a browser would send, and the answers to them."""

    def __init__(self, wire: Any) -> None:
        self.wire, self.session, self.link, self.asked = wire, uuid.uuid4().hex, "", 0

    async def begin(self) -> None:
        """Run the page, as a browser does, and find the widget that carries its questions."""
        control = uuid.uuid4().hex
        await self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        args = {"path": "/", "appName": None, "themes": {}, "dark": False}
        await self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": args}})
        while not self.link:
            kind, content = await self._receive()
            if kind == "comm_open" and "reply" in content["data"].get("state", {}):
                self.link = content["comm_id"]

    async def ask(self, what: str, **more: Any) -> tuple[dict[str, Any], float]:
        """The server's answer, and after how many milliseconds it came. Raises RuntimeError where it reports problems."""
        self.asked += 1
        started = time.perf_counter()
        event = {"event": "ask", "data": {"of": self.asked, "do": what, **more}}
        await self._send("comm_msg", {"comm_id": self.link, "data": {"method": "custom", "content": event}})
        while True:
            kind, content = await self._receive()
            reply = content.get("data", {}).get("state", {}).get("reply") if kind == "comm_msg" else None
            if kind == "comm_msg" and content["comm_id"] == self.link and reply and reply.get("of") == self.asked:
                if "problems" in reply or "gone" in reply:
                    raise RuntimeError(f"{what}: {reply}")
                return reply, 1000 * (time.perf_counter() - started)

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {
            "msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.session, "username": "", "version": "5.2",
            "date": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        await self.wire.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                                         "channel": "shell", "buffers": []}))  # fmt: skip

    async def _receive(self) -> tuple[str, dict[str, Any]]:
        """Kind and content of the next message: JSON, or JSON before the buffers that belong to it."""
        given = await self.wire.recv()
        if isinstance(given, bytes):
            (parts,) = struct.unpack("!i", given[:4])
            starts = struct.unpack("!" + "I" * parts, given[4 : 4 * (parts + 1)])
            given = given[starts[0] : starts[1] if parts > 1 else None]
        message = json.loads(given)
        return message["header"]["msg_type"], message["content"]


@dataclass
class Measured:
    """What all sessions saw, in milliseconds, and the server's memory over time, in MB."""

    steps: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    lives: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


async def attend(number: int, port: int, asked: argparse.Namespace, found: Measured, until: float) -> None:
    """One session, from its first page to the end of the trial."""
    chance = random.Random(number)
    address = f"ws://127.0.0.1:{port}/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"
    try:
        cookie = {"cookie": f"solara-session-id={number}"}
        async with websockets.connect(address, max_size=2**26, additional_headers=cookie) as wire:
            page = Client(wire)
            await page.begin()
            await page.ask("hello")
            luck = number + 1
            while time.monotonic() < until:
                settings = {"preset": "visit_with_advocates", "people": asked.people, "years": YEARS}
                reply, took = await page.ask("open", luck=luck, **settings)
                found.opened.append(took)
                for week in range(reply["room"]["weeks"]):
                    await asyncio.sleep(chance.expovariate(asked.pace))
                    if time.monotonic() >= until:
                        return
                    _, took = await page.ask("step", have=week, to=week + 1)
                    found.steps.append(took)
                    if chance.random() < LIVES_READ:
                        _, took = await page.ask("story", person=chance.randrange(asked.people))
                        found.lives.append(took)
                luck += asked.sessions
    except Exception as error:  # noqa: BLE001 -- whatever breaks a session is what the trial looks for
        found.broken.append(f"session {number}: {error!r}"[:300])


async def trial(process: subprocess.Popen[str], port: int, asked: argparse.Namespace) -> Measured:
    """All sessions at once, and the memory of the server meanwhile."""
    found, until = Measured(), time.monotonic() + 60 * asked.minutes
    sessions = [asyncio.create_task(attend(number, port, asked, found, until)) for number in range(asked.sessions)]
    while time.monotonic() < until and process.poll() is None:
        await asyncio.sleep(min(5.0, 6 * asked.minutes))
        found.memory.append(memory_of(process.pid))
    _, late = await asyncio.wait(sessions, timeout=60)
    found.broken += ["a session never ended" for _ in late]
    for session in late:
        session.cancel()
    if process.poll() is not None:
        found.broken.append(f"the server ended with {process.returncode}")
    return found


def memory_of(process: int) -> float:
    """Memory that a process has in use, in MB; Linux alone says it so."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def report(found: Measured, asked: argparse.Namespace) -> bool:
    """Print what was measured; true where the trial went well."""
    print(
        f"{asked.sessions} sessions, {asked.minutes:g} minutes, {asked.people} people, {asked.pace:g} steps a second each"
    )
    for words, times in (("step", found.steps), ("new worlds", found.opened), ("two lives", found.lives)):
        if len(times) > 1:
            high = statistics.quantiles(times, n=20)[18]
            print(f"{words:12} {len(times):6,} times  median {statistics.median(times):6.0f} ms  95 %: {high:6.0f} ms"
                  f"  worst {max(times):6.0f} ms")  # fmt: skip
    quarter = max(1, len(found.memory) // 4)
    parts = [
        statistics.mean(found.memory[at : at + quarter]) for at in range(0, 4 * quarter, quarter) if found.memory[at:]
    ]
    print(
        f"memory       {', '.join(f'{part:.0f}' for part in parts)} MB in each quarter, at most {max(found.memory):.0f}"
    )
    print(f"broken       {len(found.broken)}")
    for words in found.broken:
        print(f"             {words}")
    quick = len(found.steps) > 1 and statistics.quantiles(found.steps, n=20)[18] < MOST_STEP_MS
    flat = len(parts) < 4 or parts[3] < MOST_GROWTH * parts[1]
    return quick and flat and not found.broken


def main() -> None:
    """Start the server, let the sessions in, print what was measured, end the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--pace", type=float, default=1.0, help="steps a second, each session, on average")
    asked = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-c", "from analysis.cli import main; main()", "classroom", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        print(f"serving on {process.stdout.readline().strip() if process.stdout else port}", flush=True)
        well = report(asyncio.run(trial(process, port, asked)), asked)
    finally:
        process.terminate()
        process.wait(timeout=30)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
