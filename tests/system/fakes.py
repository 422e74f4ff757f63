"""Gateways that break in ways nginx and the sandbox cannot."""
import socket
import threading


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
