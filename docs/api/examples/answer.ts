/**
 * Receives each new message of a mailbox once, and answers it in its conversation. Node 24, without packages:
 * POSTKEY=https://mail.example.com KEY=postkey_… MAILBOX=SUP HOOK=https://shop.example/hook PORT=8080 node answer.ts
 *
 * The key needs `mail:read`, `mail:send`, and `admin:write` to create the webhook.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

const { POSTKEY = '', KEY = '', MAILBOX = '', HOOK = '', PORT = '8080' } = process.env

async function call<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
  for (;;) {
    const response = await fetch(POSTKEY + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer as T
    if (response.status !== 429 && response.status !== 503) throw new Error(JSON.stringify(answer))
    await setTimeout(Number(response.headers.get('retry-after') ?? 5) * 1000)
  }
}

function isGenuine(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const [id, time, signatures] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`webhook-${name}`]))
  if (!(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return false
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`
  return signatures!.split(' ').some((given) => {
    return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  })
}

type Message = { marks: { automatic?: object }; from: { name?: string; address: string }; text: string }

async function answer(event: { id: number; subject: string }): Promise<void> {
  const message = await call<Message>('GET', `/v1/messages/${event.subject}`)
  console.log(`${message.from.address} wrote: ${message.text}`)
  // An answer to a program could make it answer, too.
  if (message.marks.automatic) return
  const reply = { replyToMessageId: event.subject, text: `Dear ${message.from.name ?? 'customer'},\n\nwe are on it.` }
  // The key makes it one answer, even if this program receives the event twice.
  await call('POST', '/v1/submissions', reply, { 'idempotency-key': `answer-${event.id}` })
}

const wanted = { name: 'Answer', url: HOOK, kinds: ['message.received'], accounts: [MAILBOX] }
const { secret } = await call<{ secret: string }>('POST', '/v1/webhooks', wanted)

async function receive(request: IncomingMessage): Promise<number> {
  const body = await text(request)
  if (!isGenuine(request.headers, body, secret)) return 401
  await answer(JSON.parse(body) as { id: number; subject: string })
  return 204
}

createServer((request, response) => {
  // Without 2xx, Postkey sends the event again.
  void receive(request)
    .catch((error: unknown) => (console.error(error), 500))
    .then((status) => response.writeHead(status).end())
}).listen(Number(PORT), () => console.log('ready'))
