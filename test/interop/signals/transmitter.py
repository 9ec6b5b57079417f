"""A transmitter of Shared Signals, written from SSF 1.0, RFC 8417, RFC 8935 and RFC 8936 alone: it describes itself, takes one
stream, and pushes or is polled. It keeps to what it may expect of a receiver: whatever is otherwise ends it.

Commands are lines of JSON on the standard input, answers and what happens on the standard output.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from jwcrypto import jwk, jwt

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated"
TOKEN = "of-" + uuid.uuid4().hex
AUDIENCE = "https://receiver.example/" + uuid.uuid4().hex
key = jwk.JWK.generate(kty="RSA", size=2048, kid="of-python", use="sig", alg="RS256")
lock = threading.Condition()
streams, pending = {}, {}
out = threading.Lock()


def tell(**said):
    with out:
        print(json.dumps(said), flush=True)


def signed(kind, subject, event):
    """RFC 8417, section 2.2, and SSF 1.0, section 4.1: neither sub nor exp."""
    now = int(time.time())
    claims = {"iss": issuer, "aud": AUDIENCE, "iat": now, "jti": uuid.uuid4().hex, "txn": uuid.uuid4().hex}
    claims |= {"sub_id": subject, "events": {kind: event}}
    token = jwt.JWT(header={"alg": "RS256", "typ": "secevent+jwt", "kid": "of-python"}, claims=claims)
    token.make_signed_token(key)
    return claims["jti"], token.serialize()


def send(kind, subject, event):
    (stream,) = streams.values()
    jti, token = signed(kind, subject, event)
    if stream["delivery"]["method"] == POLL:
        with lock:
            pending[jti] = token
            lock.notify_all()
        return tell(waits=jti)
    request = urllib.request.Request(
        stream["delivery"]["endpoint_url"],
        data=token.encode(),
        headers={
            "Content-Type": "application/secevent+jwt",
            "Accept": "application/json",
            "Authorization": stream["delivery"]["authorization_header"],
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 202 and answer.read() == b""
            tell(taken=jti)
    except urllib.error.HTTPError as error:
        tell(refused=jti, status=error.code, answer=json.load(error))


class Transmitter(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        assert self.headers["Content-Type"].split(";")[0] == "application/json", self.headers["Content-Type"]
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def handle_request(self):
        url = urllib.parse.urlsplit(self.path)
        name, query = url.path, urllib.parse.parse_qs(url.query)
        # Section 7.2: between host and path of the issuer, which has a path here.
        if name == "/.well-known/ssf-configuration/tenant":
            return self.answer(200, configuration())
        if name == "/keys":
            return self.answer(200, {"keys": [key.export_public(as_dict=True)]})
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401)
        if name == "/streams":
            return self.streams(query)
        if name == "/status" and self.command == "GET":
            (stream_id,) = query["stream_id"]
            return self.answer(200, {"stream_id": stream_id, "status": streams[stream_id]["status"]})
        if name == "/verify" and self.command == "POST":
            asked = self.body()
            assert asked["stream_id"] in streams
            self.answer(204)
            subject = {"format": "opaque", "id": asked["stream_id"]}
            return send(VERIFICATION, subject, {"state": asked["state"]})
        if name == "/poll" and self.command == "POST":
            return self.poll()
        self.answer(404)

    do_GET = do_POST = do_DELETE = handle_request

    def streams(self, query):
        if self.command == "DELETE":
            (stream_id,) = query["stream_id"]
            found = streams.pop(stream_id, None)
            pending.clear()
            tell(deleted=stream_id)
            return self.answer(404 if found is None else 204)
        if self.command == "GET":
            return self.answer(200, [view(stream) for stream in streams.values()])
        wanted = self.body()
        if streams:
            return self.answer(409)  # one stream for each receiver (section 8.1.1.1)
        assert wanted["delivery"]["method"] in (PUSH, POLL)
        assert all(kind.startswith("https://schemas.openid.net/secevent/") for kind in wanted["events_requested"])
        assert ("endpoint_url" in wanted["delivery"]) == (wanted["delivery"]["method"] == PUSH)
        stream = {**wanted, "stream_id": uuid.uuid4().hex, "status": "enabled"}
        streams[stream["stream_id"]] = stream
        tell(created=wanted["delivery"]["method"])
        self.answer(201, view(stream))

    def poll(self):
        """RFC 8936, section 2.4."""
        asked = self.body()
        assert set(asked) <= {"maxEvents", "returnImmediately", "ack", "setErrs"}, asked
        with lock:
            for jti in asked.get("ack", []):
                assert pending.pop(jti, None) is not None, jti
                tell(acknowledged=jti)
            for jti, error in asked.get("setErrs", {}).items():
                assert set(error) == {"err", "description"}, error
                assert pending.pop(jti, None) is not None, jti
                tell(refused=jti, answer=error)
            if not asked.get("returnImmediately", False) and not pending:
                lock.wait(10)
            most = asked.get("maxEvents", 1000)
            sets = dict(list(pending.items())[:most])
            self.answer(200, {"sets": sets, "moreAvailable": len(sets) < len(pending)})


def view(stream):
    delivery = dict(stream["delivery"])
    if delivery["method"] == POLL:
        delivery["endpoint_url"] = f"{origin}/poll"
    return {
        "stream_id": stream["stream_id"],
        "iss": issuer,
        "aud": [AUDIENCE],
        "events_supported": stream["events_requested"],
        "events_requested": stream["events_requested"],
        "events_delivered": stream["events_requested"],
        "delivery": delivery,
        "description": stream.get("description"),
    }


def configuration():
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": f"{origin}/keys",
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": f"{origin}/streams",
        "status_endpoint": f"{origin}/status",
        "verification_endpoint": f"{origin}/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6750"}],
        "default_subjects": "ALL",
    }


server = ThreadingHTTPServer(("127.0.0.1", 0), Transmitter)
origin = f"http://127.0.0.1:{server.server_port}"
issuer = f"{origin}/tenant"
threading.Thread(target=server.serve_forever, daemon=True).start()
tell(issuer=issuer, token=TOKEN)
for line in sys.stdin:
    command = json.loads(line)
    if command["type"] == STREAM_UPDATED:
        ((stream_id, stream),) = streams.items()
        stream["status"] = command["event"]["status"]
        command["subject"] = {"format": "opaque", "id": stream_id}
    send(command["type"], command["subject"], command["event"])
