"""Real peers for the system tests: nginx, Kannel with its pretend phone network."""
import re
import shutil
import string
import subprocess
import urllib.parse

from harness import Process, answers, free_port, wait

# Of the default alphabet of phones, what the pretend network takes as it is.
GSM7 = string.ascii_letters + string.digits + "¿¡ñÑéàü .,:;!?'()-"


def start_nginx(clinic, port, server, options=""):
    """An nginx of our own, in front, with one server block."""
    prefix = clinic.dir / f"nginx-{port}"
    prefix.mkdir()
    (prefix / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {prefix}/pid; error_log {prefix}/error.log; {options}
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 10000000; keepalive_timeout 600s;
  client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxy; fastcgi_temp_path {prefix}/fcgi;
  uwsgi_temp_path {prefix}/uwsgi; scgi_temp_path {prefix}/scgi;
  {server} }}
""")
    process = Process(prefix / "log", "/usr/sbin/nginx", "-p", prefix, "-c", prefix / "nginx.conf")
    clinic.processes.append(process)
    wait(lambda: answers(port), "nginx")
    return process


def make_certificate(directory, name="gateway"):
    """A self-signed certificate for 127.0.0.1: (certificate, key)."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


class Kannel:
    """bearerbox, smsbox and fakesmsc: an SMS gateway with an HTTP API, and the phone network behind it."""

    def __init__(self, clinic, hook=None):
        """hook: where it brings replies, with the password that is the last part of its path."""
        service = f'get-url = "{hook}?from=%p&to=%P&text=%b&id=%I&at=%T&charset=%C"' if hook else 'text = ""'
        self.clinic = clinic
        self.admin, self.box, self.smsc, self.port = (free_port() for _ in range(4))
        home = clinic.dir / "kannel"
        (home / "spool").mkdir(parents=True)
        configuration = home / "kannel.conf"
        configuration.write_text(f"""
group = core
admin-port = {self.admin}
admin-password = bar
smsbox-port = {self.box}
log-level = 4
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "{home}/spool"

group = smsc
smsc = fake
smsc-id = FAKE
port = {self.smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {self.port}
{"#" if hook else "global-sender = 13013"}
http-request-retry = 20
http-queue-delay = 1
reply-couldnotfetch = ""

group = sendsms-user
username = tester
password = canary-secret-5d1f
max-messages = 10
concatenation = true

group = sms-service
keyword = default
{service}
catch-all = true
omit-empty = true
max-messages = 0
""")
        bearerbox = shutil.which("bearerbox") or "/usr/sbin/bearerbox"
        smsbox = shutil.which("smsbox") or "/usr/sbin/smsbox"
        clinic.processes.append(Process(home / "bearerbox.log", bearerbox, configuration))
        wait(lambda: answers(self.box) and answers(self.smsc), "bearerbox")
        clinic.processes.append(Process(home / "smsbox.log", smsbox, configuration))
        wait(lambda: answers(self.port), "smsbox")
        self.phones = Process(home / "fakesmsc.log", "/usr/lib/kannel/test/fakesmsc", "-m", "0", "-H", "127.0.0.1",
                              "-r", self.smsc, "a b text x")
        clinic.processes.append(self.phones)
        wait(lambda: b"online" in self.status(), "the phone network to connect")

    def write_back(self, sender, to, text):
        """A client writes: the phone network hangs up and comes again, with her text, in GSM-7 where that has it all."""
        kind = "text" if all(c in GSM7 for c in text) else "ucs2"
        if kind == "ucs2":
            text = urllib.parse.quote_from_bytes(text.encode("utf-16-be"))
        self.phones.kill()
        self.phones = Process(self.clinic.dir / "kannel" / "writes.log", "/usr/lib/kannel/test/fakesmsc", "-m", "1",
                              "-H", "127.0.0.1", "-r", self.smsc, f"{sender} {to} {kind} {text}")
        self.clinic.processes.append(self.phones)

    def status(self):
        from harness import get
        return get(self.admin, "/status.txt?password=bar")

    def arrived(self):
        """[(from, to, kind, text)] as the phone network saw them."""
        texts = []
        for line in self.phones.output().splitlines():
            match = re.search(r"Got message \d+: <(\S+) (\S+) (text|ucs-2|udh \S+ data) (.*)>", line)
            if match:
                sender, to, kind, body = match.groups()
                if kind == "ucs-2":
                    body = urllib.parse.unquote_to_bytes(body.replace("+", " ")).decode("utf-16-be")
                elif kind != "text":
                    body = urllib.parse.unquote_plus(body)
                texts.append((sender, to, kind, body))
        return texts
