"""Receives each new message of a mailbox once, and answers it in its conversation. Python 3, without packages:
POSTKEY=https://mail.example.com KEY=postkey_… MAILBOX=SUP HOOK=https://shop.example/hook PORT=8080 python3 answer.py

The key needs `mail:read`, `mail:send`, and `admin:write` to create the webhook.
"""

import base64, hashlib, hmac, json, os, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def call(method, path, body=None, **headers):
    headers |= {"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body else None
    while True:
        try:
            request = urllib.request.Request(os.environ["POSTKEY"] + path, data, headers, method=method)
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise RuntimeError(error.read().decode()) from error
            time.sleep(int(error.headers.get("Retry-After", 5)))


def is_genuine(headers, body, secret):
    event_id, sent_at = headers["webhook-id"] or "", headers["webhook-timestamp"] or "0"
    if abs(time.time() - int(sent_at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{event_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(given, expected) for given in (headers["webhook-signature"] or "").split(" "))


def answer(event):
    message = call("GET", f"/v1/messages/{event['subject']}")
    print(f"{message['from']['address']} wrote: {message['text']}", flush=True)
    if "automatic" in message["marks"]:
        return  # An answer to a program could make it answer, too.
    text = f"Dear {message['from'].get('name', 'customer')},\n\nwe are on it."
    # The key makes it one answer, even if this program receives the event twice.
    reply = {"replyToMessageId": event["subject"], "text": text}
    call("POST", "/v1/submissions", reply, **{"Idempotency-Key": f"answer-{event['id']}"})


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = is_genuine(self.headers, body, SECRET)
        if genuine:
            answer(json.loads(body))  # Without 2xx, Postkey sends the event again.
        self.send_response(204 if genuine else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


WANTED = {"name": "Answer", "url": os.environ["HOOK"], "kinds": ["message.received"], "accounts": [os.environ["MAILBOX"]]}
SECRET = call("POST", "/v1/webhooks", WANTED)["secret"]
print("ready", flush=True)
ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Hook).serve_forever()
