#!/usr/bin/python3
"""What a gateway brings by itself: heard only from the gateway, answered only when it is stored."""
import hashlib
import hmac
import http.client
import json
import shutil
import socket
import sqlite3
import time

from harness import Clinic, PATIENCE, SECRET, client, clients, free_port, post, run, wait

FROM, TO = "+13125550001", "+13125550199"
CANARY = "canary text: I am fine"


class Ear(Clinic):
    """A clinic whose courier can be called."""

    def __init__(self):
        super().__init__()
        self.ear = free_port()
        self.gateway(public_url=f"http://127.0.0.1:{self.ear}/hooks/primary")
        self.only_clients(clients(client(1)))

    def up(self, sandbox=True, daemon=True):
        if sandbox:
            self.start_sandbox("--webhook", f"http://127.0.0.1:{self.ear}/hooks/primary")
        if daemon:
            self.start_daemon()
        self.courier = self.start("holdfast-courier", "primary", "--config", self.config / "holdfast.conf",
                                  "--runtime-dir", self.run, "--credentials", self.credentials,
                                  "--listen", f"127.0.0.1:{self.ear}")
        wait(lambda: self.ask("/nothing")[0] == 404, what="the courier")
        if daemon:
            wait(lambda: "carrying texts" in self.courier.output(), what="the wire")
        return self

    def ask(self, path, body=b"", method="POST", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.ear, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return None, b""
        finally:
            connection.close()

    def bring(self, id, text=CANARY, secret=SECRET, age=0, alter=None, **more):
        """A reply, signed as the sandbox does it."""
        body = json.dumps({"type": "inbound", "id": id, "from": FROM, "to": TO, "text": text,
                           "at": "2026-11-23T10:00:00Z", **more}).encode()
        stamp = str(int(time.time()) - age)
        signature = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        return self.ask("/hooks/primary", alter(body) if alter else body, Content_Type="application/json",
                        X_Sandbox_Timestamp=stamp, X_Sandbox_Signature=signature)

    def stored(self, columns="gateway_id"):
        """What is in the inbox, read from a copy: the database is holdfastd's alone."""
        copy = self.dir / "copy.db"
        for end in ("", "-wal"):
            if (self.state / f"holdfast.db{end}").exists():
                shutil.copy(self.state / f"holdfast.db{end}", f"{copy}{end}")
        with sqlite3.connect(copy) as db:
            return [tuple(row) for row in db.execute(f"SELECT {columns} FROM inbox ORDER BY id")]


def test_smoke():
    """smoke"""
    with Ear().up() as clinic:
        assert clinic.bring("A1") == (200, b""), clinic.bring("A1")
        assert clinic.stored() == [("A1",)], clinic.stored()


if __name__ == "__main__":
    run(test_smoke)
