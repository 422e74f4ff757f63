#!/usr/bin/python3
"""Edits that are good, broken, half written, and a start after one of them."""
import os
import signal
import socket

from harness import Clinic, client, clients, run, wait


def served(clinic):
    return sorted(c["id"] for c in clinic.ctl_json("clients"))


def enrol(clinic, *numbers):
    clinic.only_clients(clients(*(client(n) for n in numbers)))


def reload_error(clinic):
    reload = clinic.ctl_json("status")["reload"]
    return reload and reload["error"]


def test_restart():
    """a start after a bad edit: the schedule of before is served, status names file and line, and a mended file is taken"""
    with Clinic() as clinic:
        enrol(clinic, 1, 2)
        clinic.start_daemon()
        before = served(clinic)
        assert reload_error(clinic) is None
        for name in ("config.good", "config.good/clients"):
            assert (clinic.state / name).stat().st_mode & 0o777 == 0o700, name
        assert (clinic.state / "config.good/clients/all.conf").stat().st_mode & 0o777 == 0o600

        clinic.write("clients/all.conf", clients(client(3)).replace("phone =", "phon ="))
        clinic.daemon.kill()
        address = str(clinic.dir / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(address)
            clinic.start_daemon(env={**os.environ, "NOTIFY_SOCKET": address})
            assert served(clinic) == before
            error = reload_error(clinic)
            assert error.startswith("clients/all.conf:2: "), error
            notify.settimeout(10)
            while b"last good copy" not in notify.recv(4096):
                pass
        assert "clients/all.conf:2: " in clinic.daemon.output()
        assert "+1312" not in clinic.daemon.output() and "Canary" not in clinic.daemon.output()

        # Still so after the next, and by a signal: a copy that was used is not lost.
        clinic.daemon.process.send_signal(signal.SIGHUP)
        wait(lambda: "not reloaded" in clinic.daemon.output(), "the reload")
        clinic.daemon.kill()
        clinic.start_daemon()
        assert served(clinic) == before

        enrol(clinic, 3)
        clinic.ctl("reload")
        assert served(clinic) == ["c-00003"] and reload_error(clinic) is None
        clinic.write("clients/all.conf", "clients = (\n")
        clinic.daemon.kill()
        clinic.start_daemon()
        assert served(clinic) == ["c-00003"]
        assert reload_error(clinic).startswith("clients/all.conf:")


def test_first_start():
    """a first start with a bad edit is refused, and leaves no copy; a rehearsal makes none"""
    with Clinic() as clinic:
        enrol(clinic, 1)
        good = (clinic.config / "clients/all.conf").read_text()
        clinic.write("clients/all.conf", good.replace("phone =", "phon ="))
        arguments = ["--config", clinic.config, "--state-dir", clinic.state, "--runtime-dir", clinic.run]
        assert clinic.start("holdfastd", *arguments).wait() == 78
        assert not (clinic.state / "config.good").exists()

        clinic.write("clients/all.conf", good)
        clinic.gateway()
        clinic.start_daemon(rehearse="2026-11-23 12:00")
        assert served(clinic) == ["c-00001"]
        clinic.daemon.stop()
        assert not (clinic.state / "config.good").exists()


def test_half_written():
    """a file caught half written, a folder that went away: SIGHUP and `reload` keep the schedule and name them"""
    with Clinic() as clinic:
        enrol(clinic, 1, 2)
        clinic.start_daemon()
        path = clinic.config / "clients/all.conf"
        whole = path.read_text()
        path.write_text(whole[:len(whole) // 2])
        clinic.ctl("reload", code=1)
        assert reload_error(clinic).startswith("clients/all.conf:")
        assert len(served(clinic)) == 2

        path.write_text(whole + "\n")
        clinic.ctl("reload")
        assert reload_error(clinic) is None

        (clinic.config / "clients").rename(clinic.config / "away")
        clinic.daemon.process.send_signal(signal.SIGHUP)
        wait(lambda: reload_error(clinic), "the reload's error")
        assert reload_error(clinic).startswith("clients:1: ")
        assert len(served(clinic)) == 2
        (clinic.config / "away").rename(clinic.config / "clients")
        (clinic.config / "clients/.#all.conf").symlink_to("somebody@desk.1234")
        (clinic.config / "clients/all.conf~").write_text("(")
        clinic.ctl("reload")
        assert reload_error(clinic) is None and len(served(clinic)) == 2


if __name__ == "__main__":
    run(test_restart, test_first_start, test_half_written)
