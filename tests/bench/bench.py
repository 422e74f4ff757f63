#!/usr/bin/python3
"""Texts a second and CPU per text through both daemons, beside a bare libcurl loop, in one run.

A row: N clients whose text is due in the same minute; from the first claim to the last row committed as accepted,
synchronous=FULL, nginx `return 201` as the gateway over kept-alive connections.
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from harness import BUILD, Clinic, client, clients, free_port, wait  # noqa: E402
from peers import start_nginx  # noqa: E402

TEXTS = int(os.environ.get("TEXTS", "20000"))
CONCURRENCY = int(os.environ.get("CONCURRENCY", "64"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ANSWER = '{"id": "SB000001", "status": "queued", "segments": 1}'


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare(port):
    body = json.dumps({"key": "0" * 32, "from": "+13125550199", "to": "+13125560001",
                       "text": "Riverside: hi Canary1, you agreed to get texts from us, up to 5 a week.",
                       "at": "2026-11-23T10:00:00-06:00"})
    out = subprocess.run([BUILD / "tests/bench/bare", f"http://127.0.0.1:{port}/messages", str(TEXTS),
                          str(CONCURRENCY), body], capture_output=True, text=True, check=True).stdout
    result = json.loads(out)
    return TEXTS / result["seconds"], result["cpu"] / TEXTS * 1e6


def holdfast(port):
    with Clinic() as clinic:
        clinic.gateway(base=f"http://127.0.0.1:{port}", rate=1000000.0, max_inflight=CONCURRENCY)
        people = (client(n, at="18:00", start="2026-11-23") for n in range(TEXTS))
        (clinic.config / "clients" / "evening-group.conf").unlink()
        (clinic.config / "clients" / "jordan.conf").unlink()
        for part in range(0, TEXTS, 2000):
            clinic.write(f"clients/{part:06d}.conf", clients(*(next(people) for _ in range(min(2000, TEXTS - part)))))
        clinic.start_courier()
        # Two seconds before opening; every client's welcome is due when texting hours begin.
        clinic.start_daemon(rehearse="2026-11-23 08:59:55", speed=1)
        clinic.ready()
        wait(lambda: clinic.try_status()["gateways"][0]["connected"], "the courier")
        before = cpu_seconds(clinic.daemon.pid), cpu_seconds(clinic.courier.pid)

        # Asked seldom: the question costs too.  What is measured stands in the store's own history.
        wait(lambda: time.sleep(0.5) or clinic.try_status()["sent_last_hour"] == TEXTS, "all texts")
        cpu = cpu_seconds(clinic.daemon.pid) - before[0], cpu_seconds(clinic.courier.pid) - before[1]
        clinic.daemon.stop()
        with sqlite3.connect(clinic.state / "holdfast.db") as store:
            first, last, rows = store.execute(
                "SELECT min(iif(state = 'claimed', at, NULL)), max(iif(state = 'accepted', at, NULL)),"
                " sum(state = 'accepted') FROM history").fetchone()
        assert rows == TEXTS, rows
        return TEXTS / ((last - first) / 1e6), cpu[0] / TEXTS * 1e6, cpu[1] / TEXTS * 1e6


def reload():
    """100,000 clients in 200 files, one of them edited: a reload beside a full load, the least of several."""
    with Clinic() as clinic:
        clinic.only_clients("")
        (clinic.config / "clients/all.conf").unlink()
        out = subprocess.run([BUILD / "tests/bench/reload", clinic.config, "100000", "200", clinic.state],
                             capture_output=True, text=True, check=True).stdout
        ms = json.loads(out)
        print(f"100,000 clients in 200 files: all read {ms['full']:.0f} ms, one file edited {ms['reload']:.0f} ms, "
              f"ratio {ms['full'] / ms['reload']:.1f}; copy kept {ms['copy']:.0f} ms, again {ms['recopy']:.0f} ms")


def main():
    reload()
    with Clinic() as front:
        port = free_port()
        start_nginx(front, port, f"""server {{ listen 127.0.0.1:{port}; default_type application/json;
            location / {{ return 201 '{ANSWER}'; }} }}""")
        print(f"{TEXTS} texts, {CONCURRENCY} connections, nginx return 201, synchronous=FULL, {os.cpu_count()} cores")
        print(f"{'':8}{'texts/s':>10}{'CPU us/text':>14}{'holdfastd':>12}{'courier':>10}{'ratio':>8}")
        ratios = []
        for _ in range(ROUNDS):
            bare_rate, bare_cpu = bare(port)
            rate, daemon_cpu, courier_cpu = holdfast(port)
            ratios.append(rate / bare_rate)
            print(f"{'bare':8}{bare_rate:10.0f}{bare_cpu:14.1f}")
            print(f"{'holdfast':8}{rate:10.0f}{daemon_cpu + courier_cpu:14.1f}{daemon_cpu:12.1f}{courier_cpu:10.1f}"
                  f"{rate / bare_rate:8.2f}", flush=True)
        print(f"median ratio {sorted(ratios)[len(ratios) // 2]:.2f}")


if __name__ == "__main__":
    main()
