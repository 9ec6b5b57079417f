"""A receiver and a transmitter of Shared Signals, written from SSF 1.0, CAEP 1.0, RFC 8417, RFC 8935 and RFC 8936 alone.

Each step is told as a line of JSON on the standard output.
"""

import base64
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from jwcrypto import jwk
from jwcrypto import jwt as jose

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"


def tell(**said):
    print(json.dumps(said), flush=True)


def call(method, url, body=None, token=None, kind="application/json"):
    headers = {"Content-Type": kind, "Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            text = answer.read().decode()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        return error.code, json.loads(text) if text else None


def configuration(issuer):
    """SSF 1.0, section 7.2: the well-known path stands between host and path of the issuer."""
    parts = urllib.parse.urlsplit(issuer)
    path = "/.well-known/ssf-configuration" + parts.path.rstrip("/")
    status, found = call("GET", f"{parts.scheme}://{parts.netloc}{path}")
    assert status == 200 and found["issuer"] == issuer, found
    assert found["spec_version"] >= "1_0"
    assert {PUSH, POLL} <= set(found["delivery_methods_supported"])
    assert {"spec_urn": "urn:ietf:rfc:6749"} in found["authorization_schemes"]
    return found


def access_token(issuer, client_id, secret):
    """The CAEP Interoperability Profile 1.0, section 2.7: client credentials, found by RFC 8414."""
    _, server = call("GET", f"{issuer}/.well-known/oauth-authorization-server")
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    request = urllib.request.Request(
        server["token_endpoint"],
        data=urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "ssf.manage"}).encode(),
        headers={"Authorization": f"Basic {basic}"},
    )
    with urllib.request.urlopen(request) as answer:
        granted = json.load(answer)
    assert granted["expires_in"] <= 3600
    return granted["access_token"]


class Receiver:
    def __init__(self, issuer, client_id, secret):
        self.issuer, self.audience = issuer, client_id
        self.found = configuration(issuer)
        self.token = access_token(issuer, client_id, secret)
        self.keys = jwt.PyJWKClient(self.found["jwks_uri"])

    def create(self, delivery=None):
        wanted = {"events_requested": [CAEP + "session-revoked", CAEP + "credential-change"]}
        if delivery is not None:
            wanted["delivery"] = delivery
        status, stream = call("POST", self.found["configuration_endpoint"], wanted, self.token)
        assert status == 201 and stream["iss"] == self.issuer, stream
        assert stream["aud"] == self.audience
        assert set(stream["events_delivered"]) <= set(stream["events_requested"])
        return stream

    def verify(self, stream, state):
        body = {"stream_id": stream["stream_id"], "state": state}
        assert call("POST", self.found["verification_endpoint"], body, self.token)[0] == 204

    def delete(self, stream):
        query = urllib.parse.urlencode({"stream_id": stream["stream_id"]})
        assert call("DELETE", f"{self.found['configuration_endpoint']}?{query}", None, self.token)[0] == 204

    def read(self, token):
        """RFC 8417, section 4, and SSF 1.0, section 4.1: a SET and no other JWT."""
        header = jwt.get_unverified_header(token)
        assert header["typ"].lower() == "secevent+jwt" and header["alg"] == "RS256", header
        key = self.keys.get_signing_key_from_jwt(token).key
        assert key.key_size >= 2048
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=self.audience,
            issuer=self.issuer,
            options={"require": ["iss", "aud", "iat", "jti"]},
        )
        assert "exp" not in claims and "sub" not in claims, claims
        assert len(claims["events"]) == 1 and "sub_id" in claims
        return claims


def poll(receiver):
    stream = receiver.create()
    assert stream["delivery"]["method"] == POLL
    url = stream["delivery"]["endpoint_url"]
    receiver.verify(stream, "a state")
    tell(ready=stream["stream_id"])
    ack, seen = [], 0
    while seen < 2:
        status, answer = call("POST", url, {"maxEvents": 10, "ack": ack}, receiver.token)
        assert status == 200 and isinstance(answer["sets"], dict), answer
        ack = list(answer["sets"])
        for jti, token in answer["sets"].items():
            claims = receiver.read(token)
            assert claims["jti"] == jti
            seen += 1
            tell(claims=claims)
    status, answer = call("POST", url, {"returnImmediately": True, "ack": ack}, receiver.token)
    assert answer["sets"] == {}, answer
    receiver.delete(stream)


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass


def push(receiver):
    received, arrived = [], threading.Semaphore(0)

    class Events(Quiet):
        def do_POST(self):
            assert self.headers["Content-Type"] == "application/secevent+jwt"
            assert self.headers["Authorization"] == "Bearer of the receiver"
            received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            arrived.release()

    url = serve(Events)
    stream = receiver.create(
        {"method": PUSH, "endpoint_url": f"{url}/events", "authorization_header": "Bearer of the receiver"}
    )
    receiver.verify(stream, "a state")
    tell(ready=stream["stream_id"])
    for index in range(2):
        assert arrived.acquire(timeout=40)
        tell(claims=receiver.read(received[index]))
    receiver.delete(stream)


def transmit():
    key = jwk.JWK.generate(kty="RSA", size=2048, kid="of-python", use="sig", alg="RS256")

    class Keys(Quiet):
        def do_GET(self):
            keys = json.dumps({"keys": [key.export_public(as_dict=True)]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

    issuer = serve(Keys)
    tell(issuer=issuer, jwksUri=f"{issuer}/jwks.json")
    for line in sys.stdin:
        asked = json.loads(line)
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": asked["audience"],
            "iat": now,
            "jti": uuid.uuid4().hex,
            "txn": uuid.uuid4().hex,
            "sub_id": asked["subject"],
            "events": {asked["type"]: {"event_timestamp": now, "reason_admin": {"en": "Left the company"}}},
        }
        token = jose.JWT(header={"alg": "RS256", "typ": "secevent+jwt", "kid": "of-python"}, claims=claims)
        token.make_signed_token(key)
        status, answer = call("POST", asked["url"], token.serialize(), kind="application/secevent+jwt")
        tell(status=status, answer=answer)


if __name__ == "__main__":
    role, *settings = sys.argv[1:]
    if role == "transmit":
        transmit()
    else:
        {"poll": poll, "push": push}[role](Receiver(*settings))
