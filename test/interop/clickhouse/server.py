"""ClickHouse's HTTP interface before the engine that chdb carries: server.py <port> <folder> <user> <password>.

By the documentation ("HTTP Interface"): a statement in `query` or in the body, behind which the rows of an INSERT stand; other
parameters are settings; HTTP basic authentication; an exception with a status of its own. One request at a time.
"""

import base64
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb import session

PORT, FOLDER, USER, PASSWORD = sys.argv[1:5]
AUTHORIZATION = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
# Of the interface, and not of the engine.
NO_SETTINGS = {"database", "query", "wait_end_of_query", "default_format"}
STATUS = {60: 404, 516: 403}

engine = session.Session(FOLDER)
engine.query("CREATE DATABASE IF NOT EXISTS audit ENGINE = Atomic")
engine.query("USE audit")
VERSION = str(engine.query("SELECT version()", "TabSeparated")).strip()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, b"Ok.\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("authorization") != AUTHORIZATION:
            self.fail(516, f"{USER}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)")
            return
        parameters = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        try:
            if parameters.get("database") != "audit":
                raise RuntimeError("Code: 81. DB::Exception: Database does not exist. (UNKNOWN_DATABASE)")
            for name, value in parameters.items():
                if name not in NO_SETTINGS:
                    engine.query(f"SET {name} = {int(value)}")
            statement = f"{parameters.get('query', '')}\n".encode() + body
            result = engine.query(statement.decode().strip("\n"), "TabSeparated")
            self.answer(200, b"" if result is None else result.bytes())
        except Exception as error:
            text = str(error)
            code = int(text.split("Code: ", 1)[1].split(".", 1)[0]) if "Code: " in text else 1001
            text = text.rsplit("DB::Exception: ", 1)[-1].strip().replace(f" (version {VERSION}).", "")
            self.fail(code, text)

    def fail(self, code, text):
        message = f"Code: {code}. DB::Exception: {text} (version {VERSION})\n"
        self.answer(STATUS.get(code, 500), message.encode(), {"X-ClickHouse-Exception-Code": str(code)})

    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", int(PORT)), Handler)
print(VERSION, os.getpid(), flush=True)
server.serve_forever()
