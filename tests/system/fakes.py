"""Gateways that break in ways nginx and the sandbox cannot."""
import http.server
import json
import socket
import threading
import urllib.parse


class TwiceThenSilent:
    """Takes connections; answers the first request as Twilio would, reads the second on the same connection and
    closes without a word.  Counts what reached it."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.bodies = []  # (which connection, what came)
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.talk, args=(connection, self.connections), daemon=True).start()

    def talk(self, connection, number):
        with connection:
            while method := self.read_request(connection, number):
                if method == b"POST" and len(self.bodies) != 1:
                    break
                status = b"201 Created" if method == b"POST" else b"200 OK"
                body = b'{"sid": "SM1", "status": "queued", "num_segments": "1", "error_code": null}'
                connection.sendall(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                                   b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body))

    def read_request(self, connection, number):
        """The method, b"" at the end.  A GET asks for replies, and is answered whatever comes."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return b""
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        if head.startswith(b"GET "):
            return b"GET"
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(
            b"content-length"))
        while len(body) < length:
            body += connection.recv(65536)
        self.bodies.append((number, body))
        return b"POST"

    def stop(self):
        self.listener.close()


class Scripted:
    """A gateway in Twilio's form whose answers a test chooses while it runs: refuse(number) is None where the text is
    taken, else (status, body).  Counts what it took and what it refused, by number."""

    def __init__(self, port, refuse):
        self.refuse, self.taken, self.refused = refuse, [], []
        scripted = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                scripted.answer(self, form["To"][0])

            def do_GET(self):
                scripted.send(self, 200, json.dumps({"messages": [], "next_page_uri": None}))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, number):
        refusal = self.refuse(number)
        (self.refused if refusal else self.taken).append(number)
        if not refusal:
            refusal = 201, json.dumps({"sid": f"SM{len(self.taken)}", "status": "queued", "error_code": None})
        self.send(request, *refusal)

    @staticmethod
    def send(request, status, body):
        request.send_response(status)
        request.send_header("Content-Type", "application/json" if body.startswith("{") else "text/plain")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body.encode())

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
