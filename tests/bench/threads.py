"""threads.py PORT - the uppercase service as Python's own library would have it: a thread for each client."""
import socketserver
import sys


class Capitalizer(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data.decode(errors="surrogateescape").upper().encode(errors="surrogateescape"))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 4096


Server(("127.0.0.1", int(sys.argv[1])), Capitalizer).serve_forever()
