#!/usr/bin/python3
"""What a gateway and a network can do to a text."""
import signal

from harness import BUILD, Clinic, client, clients, free_port, run, wait
from fakes import Scripted
from peers import make_certificate, start_nginx


def one_text(clinic, **gateway):
    """A clinic with one client and one text (her welcome), due at once."""
    clinic.gateway(**gateway)
    clinic.only_clients(clients(client(1, at="18:00", start="2026-11-23")))


def first(clinic, state):
    rows = clinic.ctl_json("messages")
    return next((m for m in rows if m["state"] == state), None)


def test_dead_connection():
    """a kept-alive connection that dies unanswered: unknown, one copy, and a human decides"""
    with Clinic() as clinic:
        port = free_port()
        one_text(clinic, preset="twilio", base=f"http://127.0.0.1:{port}", account="AC" + "0" * 32,
                 max_inflight=1)
        clinic.only_clients(clients(client(1, at="18:00", start="2026-11-23"),
                                    client(2, at="18:00", start="2026-11-23")))
        from fakes import TwiceThenSilent
        server = TwiceThenSilent(port)
        clinic.start_daemon(rehearse="2026-11-23 09:00:00")
        clinic.start_courier()
        wait(lambda: first(clinic, "unknown"), "an unknown text")
        assert first(clinic, "accepted")
        server.stop()
        assert len(server.bodies) == 2, f"{len(server.bodies)} requests reached the gateway"
        assert server.bodies[0][0] == server.bodies[1][0], "the connection was kept alive"
        assert clinic.ctl_json("status")["unknown"] == 1


def test_tls():
    """TLS: a certificate that cannot be verified gets nothing; a verified one gets the text"""
    with Clinic() as clinic:
        port = free_port()
        certificate, key = make_certificate(clinic.dir)
        log = clinic.dir / "hits"
        start_nginx(clinic, port, f"""
            log_format hits '$request_method $uri';
            server {{ access_log {log} hits; listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
              location / {{ return 201 '{{"id": "SB1", "status": "queued", "segments": 1}}'; }} }}""")
        one_text(clinic, base=f"https://127.0.0.1:{port}")
        clinic.start_daemon(rehearse="2026-11-23 09:00:00")
        clinic.start_courier()
        wait(lambda: any(m["attempts"] >= 1 and m["state"] == "due" for m in clinic.ctl_json("messages")),
             "a refused try")
        assert not log.exists() or log.read_text() == "", log.read_text()
        one_text(clinic, base=f"https://127.0.0.1:{port}", ca_file=str(certificate))
        clinic.courier.stop()
        clinic.start_courier()
        wait(lambda: first(clinic, "accepted"), "the text")
        wait(lambda: "POST /messages" in log.read_text(), "nginx's line about it")


def test_ca_file():
    """ca_file: one that cannot be read ends the courier at its start, and is not used at SIGHUP; a better one is"""
    with Clinic() as clinic:
        port = free_port()
        certificate, key = make_certificate(clinic.dir)
        other, _ = make_certificate(clinic.dir, "other")
        own = clinic.dir / "own.pem"
        start_nginx(clinic, port, f"""
            server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
              location / {{ return 201 '{{"id": "SB1", "status": "queued", "segments": 1}}'; }} }}""")

        def reload(words):
            seen = clinic.courier.output().count(words)
            clinic.courier.process.send_signal(signal.SIGHUP)
            wait(lambda: clinic.courier.output().count(words) > seen, words)

        one_text(clinic, base=f"https://127.0.0.1:{port}", ca_file=str(own))
        clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=10)
        for content, complaint in ((None, "cannot be read"), ("no certificate", "holds no certificate")):
            if content:
                own.write_text(content)
            clinic.start_courier()
            assert clinic.courier.wait() == 78, clinic.courier.output()
            assert f"{own}" in clinic.courier.output() and complaint in clinic.courier.output()

        own.write_text(other.read_text())
        clinic.start_courier()
        wait(lambda: any(m["attempts"] >= 1 and m["state"] == "due" for m in clinic.ctl_json("messages")),
             "a refused try")
        own.write_text(certificate.read_text())
        reload("is read again")
        wait(lambda: first(clinic, "accepted"), "the text")

        own.unlink()
        reload("is not used")
        assert "cannot be read" in clinic.courier.output()
        clinic.only_clients(clients(client(1, at="18:00", start="2026-11-23"),
                                    client(2, at="18:00", start="2026-11-23")))
        clinic.ctl("reload")
        wait(lambda: sum(m["state"] == "accepted" for m in clinic.ctl_json("messages")) == 2, "another text")


def test_later():
    """429 with Retry-After holds the gateway and loses nothing"""
    with Clinic() as clinic:
        one_text(clinic)
        clinic.start_sandbox()
        clinic.control(fault="status", status=429, retry_after=1, count=2, deliver=False)
        clinic.start_daemon(rehearse="2026-11-23 09:00:00")
        clinic.start_courier()
        wait(lambda: first(clinic, "accepted"), "the text")
        assert len(clinic.delivered()) == 1 and len(clinic.requests()) == 3
        assert first(clinic, "accepted")["attempts"] == 1


def test_faults():
    """a dropped, reset, truncated, garbled or late answer: the text arrives once"""
    for fault in ("drop", "reset", "truncate", "garbage"):
        with Clinic() as clinic:
            one_text(clinic)
            clinic.start_sandbox()
            clinic.control(fault=fault, count=1, deliver=True)
            clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=10)
            clinic.start_courier()
            wait(lambda: first(clinic, "accepted"), f"the text after {fault}")
            assert len(clinic.delivered()) == 1, fault
            assert sum(r["repeat"] for r in clinic.requests()) == 1, fault


def twilio_refusing(clinic, refuse, count=6):
    """Clients with one text each, due at once, and a gateway in Twilio's form that refuses what refuse() says."""
    port = free_port()
    clinic.gateway(preset="twilio", base=f"http://127.0.0.1:{port}", account="AC" + "0" * 32)
    clinic.only_clients(clients(*(client(n, at="18:00", start="2026-11-23") for n in range(1, count + 1))))
    return Scripted(port, refuse)


ADMINISTRATOR = "+13125550112"  # in config/staff.conf
REFUSALS = (
    (400, '{"code": 21703, "message": "m", "status": 400}', "21703"),
    (400, '{"code": 29999, "message": "m", "status": 400}', "HTTP 400, code 29999"),
    (403, "Forbidden", "HTTP 403"),
    (404, '{"message": "no such thing"}', "HTTP 404"),
    (422, '{"code": "sender_not_ready"}', "HTTP 422, code sender_not_ready"),
)


def test_refused_one_after_the_other():
    """a gateway that refuses everybody's text: nothing is lost, all arrive once it works, and the administrator is told"""
    for status, body, shown in REFUSALS:
        with Clinic() as clinic:
            answer = [(status, body)]
            server = twilio_refusing(clinic, lambda number: answer[0])
            clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=60)
            clinic.start_courier()

            def held():
                gateway = clinic.ctl_json("status")["gateways"][0]
                return gateway["held_said"] and shown in gateway["held_said"] and gateway
            assert wait(held, f"a hold for {shown}")["held_why"]
            wait(lambda: len(server.refused) >= 8, "probes")
            texts = clinic.ctl_json("messages")
            assert not [m for m in texts if m["state"] in ("failed", "expired", "accepted")], texts
            tried = next(m for m in texts if shown in (m["reason"] or ""))
            assert shown in clinic.ctl("why", tried["id"])
            assert clinic.ctl_json("status")["cases_open"] == 0
            assert "our account is at fault" in clinic.daemon.output()

            answer[0] = None
            wait(lambda: len(server.taken) >= 7, "all texts and the administrator's")
            assert sorted(server.taken) == sorted([f"+1312556000{n}" for n in range(1, 7)] + [ADMINISTRATOR])
            wait(lambda: not held() and clinic.ctl_json("status")["gateways"][0]["held_why"] is None, "the end of the hold")
            server.stop()


def test_refused_and_another_gateway():
    """the administrator, and everybody else, are texted by another gateway meanwhile"""
    with Clinic() as clinic:
        server = twilio_refusing(clinic, lambda number: (400, '{"code": 21703}'))
        primary = (clinic.config / "gateways/primary.conf").read_text()
        clinic.gateway()
        (clinic.config / "gateways/primary.conf").rename(clinic.config / "gateways/backup.conf")
        clinic.write("gateways/primary.conf", primary)
        clinic.write("holdfast.conf", (clinic.config / "holdfast.conf").read_text().replace(
            'gateways = [ "primary" ]', 'gateways = [ "primary", "backup" ]'))
        clinic.start_sandbox()
        clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=10)
        clinic.start_courier()
        clinic.start_courier("backup")
        wait(lambda: len(clinic.delivered()) >= 7, "all texts and the administrator's")
        told = [r for r in clinic.delivered() if r["to"] == ADMINISTRATOR]
        assert len(told) == 1 and "gateway primary began to refuse texts" in told[0]["text"], told
        assert server.refused and not server.taken
        server.stop()


def test_refused_for_its_own_sake():
    """a text that is refused while others are taken has failed, and holds nobody up; so have several to one number"""
    with Clinic() as clinic:
        bad = "+13125560002"
        server = twilio_refusing(clinic, lambda number: (400, '{"code": 29999}') if number == bad else None)
        clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=60)
        clinic.start_courier()
        wait(lambda: first(clinic, "failed"), "a failed text")
        assert "HTTP 400, code 29999" in first(clinic, "failed")["reason"]
        assert len(server.taken) == 5 and len(server.refused) == 2
        status = clinic.ctl_json("status")
        assert status["gateways"][0]["held_why"] is None and status["failed_last_day"] == 1, status
        server.stop()

    with Clinic() as clinic:
        server = twilio_refusing(clinic, lambda number: (422, "no") if number == bad and server.taken else None, count=2)
        clinic.only_clients(clients(client(2, at="18:00", start="2026-11-23")))
        clinic.start_daemon(rehearse="2026-11-23 09:00:00", speed=60)
        clinic.start_courier()
        wait(lambda: server.taken, "her first text")
        for word in ("one", "two", "three", "four", "five", "six"):
            clinic.ctl("send", "c-00002", f"Number {word}.")
        wait(lambda: sum(m["state"] == "failed" for m in clinic.ctl_json("messages")) == 6, "six failed texts")
        assert server.refused == [bad] * 18 and clinic.ctl_json("status")["gateways"][0]["held_why"] is None
        assert "our account is at fault" not in clinic.daemon.output()
        server.stop()


def test_two_daemons():
    """a second holdfastd on the same store ends at once and touches nothing"""
    with Clinic() as clinic:
        one_text(clinic)
        clinic.start_daemon(rehearse="2026-11-23 07:00:00")
        clinic.ready()
        second = clinic.start("holdfastd", "--config", clinic.config / "holdfast.conf", "--state-dir", clinic.state,
                              "--runtime-dir", clinic.dir / "run2")
        assert second.wait() not in (0, None)
        assert clinic.try_status()


def test_broken_configuration():
    """a broken configuration: exit 78 and file:line at the start, the old schedule at a reload"""
    with Clinic() as clinic:
        one_text(clinic)
        good = (clinic.config / "holdfast.conf").read_text()
        clinic.start_daemon(rehearse="2026-11-23 07:00:00")
        clinic.ready()
        clinic.write("holdfast.conf", good.replace("daily_limit", "dayly_limit"))
        clinic.ctl("reload", code=1)
        assert "dayly_limit" in clinic.ctl_json("status")["reload"]["error"]
        clinic.write("holdfast.conf", good)
        clinic.ctl("reload")
        clinic.write("holdfast.conf", good.replace("site = {", "site = "))
        other = clinic.start("holdfastd", "--config", clinic.config / "holdfast.conf", "--state-dir",
                             clinic.dir / "state2", "--runtime-dir", clinic.dir / "run2")
        assert other.wait() == 78
        assert "holdfast.conf:" in other.output()


def test_privacy():
    """no name, number, text or secret in any log or process list"""
    with Clinic() as clinic:
        one_text(clinic)
        clinic.start_sandbox()
        clinic.control(fault="status", status=400, code=21211, count=1, deliver=False, to="+13125560002")
        clinic.only_clients(clients(client(1, at="09:30", start="2026-11-23"),
                                    client(2, at="09:30", start="2026-11-23")))
        clinic.start_daemon(rehearse="2026-11-23 09:29:50", speed=10)
        clinic.start_courier()
        wait(lambda: first(clinic, "failed") and len(clinic.delivered()) >= 2, "a failed text")
        seen = clinic.daemon.output() + clinic.courier.output()
        for process in (clinic.daemon, clinic.courier):
            seen += open(f"/proc/{process.pid}/cmdline").read() + open(f"/proc/{process.pid}/environ").read()
        seen += clinic.ctl("messages") + clinic.ctl("status") + clinic.ctl("clients")
        for canary in ("Canary1", "Canary2", "3125560001", "3125560002", "canary-secret", "agreed to get"):
            assert canary not in seen, canary


if __name__ == "__main__":
    run(test_dead_connection, test_tls, test_ca_file, test_later, test_faults, test_refused_one_after_the_other,
        test_refused_and_another_gateway, test_refused_for_its_own_sake, test_two_daemons, test_broken_configuration,
        test_privacy)
