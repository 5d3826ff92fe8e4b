"""Receives each new message of a mailbox once, and answers it in its conversation. Python 3, without packages:
POSTKEY=https://mail.example.com KEY=postkey_… MAILBOX=SUP HOOK=https://shop.example/hook PORT=8080 python3 answer.py
The key needs `mail:read`, `mail:send`, and `admin:write` to create the webhook.
"""

import base64, hmac, json, os, time, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def call(method, path, body=None, **headers):
    headers |= {"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(os.environ["POSTKEY"] + path, data, headers, method=method)
    while True:
        try:
            return urllib.request.urlopen(request, timeout=60).read()
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise RuntimeError(error.read().decode()) from error
            time.sleep(int(error.headers.get("Retry-After", 5)))


def is_genuine(headers, body):
    event_id, sent_at = headers["webhook-id"] or "", headers["webhook-timestamp"] or "0"
    if abs(time.time() - int(sent_at)) > 300:
        return False
    digest = hmac.digest(SECRET, f"{event_id}.{sent_at}.".encode() + body, "sha256")
    expected = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(given, expected) for given in (headers["webhook-signature"] or "").split(" "))


def answer(event):
    message = json.loads(call("GET", f"/v1/messages/{event['subject']}?include=text,attachments"))
    print(f"{message['from']['address']} wrote: {message['text']}", flush=True)
    for attachment in message["attachments"]:
        content = call("GET", f"/v1/attachments/{attachment['id']}/content")
        print(f"{attachment['name']}: {len(content)} bytes", flush=True)
    if "automatic" in message["marks"]:
        return  # An answer to a program could make it answer, too.
    text = f"Dear {message['from'].get('name', 'customer')},\n\nwe are on it."
    # The key makes it one answer, even if this program receives the event twice.
    reply = {"replyToMessageId": event["subject"], "text": text}
    call("POST", "/v1/submissions", reply, **{"Idempotency-Key": f"answer-{event['id']}"})


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = is_genuine(self.headers, body)
        if genuine:
            answer(json.loads(body))  # Without 2xx, Postkey sends the event again.
        self.send_response(204 if genuine else 401)
        self.end_headers()


wanted = {"name": "Answer", "url": os.environ["HOOK"], "kinds": ["message.received"], "accounts": [os.environ["MAILBOX"]]}
SECRET = base64.b64decode(json.loads(call("POST", "/v1/webhooks", wanted))["secret"].removeprefix("whsec_"))
server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Hook)
print("ready", flush=True)
server.serve_forever()
