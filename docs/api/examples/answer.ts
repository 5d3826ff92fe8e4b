/** Receives each new message of a mailbox once, and answers it in its conversation. Node 24, without packages:
 * POSTKEY=https://mail.example.com KEY=postkey_… MAILBOX=SUP HOOK=https://shop.example/hook PORT=8080 node answer.ts
 * The key needs `mail:read`, `mail:send`, and `admin:write` to create the webhook.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

const { POSTKEY = '', KEY = '', MAILBOX = '', HOOK = '', PORT = '8080' } = process.env

async function call(method: string, path: string, content?: object, more?: Record<string, string>): Promise<Response> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...more }
  const body = content ? JSON.stringify(content) : null
  for (;;) {
    const response = await fetch(POSTKEY + path, { method, headers, body, signal: AbortSignal.timeout(60_000) })
    if (response.ok) return response
    if (response.status !== 429 && response.status !== 503) throw new Error(await response.text())
    await setTimeout(Number(response.headers.get('retry-after') ?? 5) * 1000)
  }
}

function isGenuine({ headers }: IncomingMessage, body: string): boolean {
  const [id, time, signatures] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`webhook-${name}`]))
  if (!(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return false
  const hmac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
  const expected = Buffer.from(`v1,${hmac.update(`${id}.${time}.${body}`).digest('base64')}`)
  const given = signatures!.split(' ').map((signature) => Buffer.from(signature))
  return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected))
}

type Message = Record<'from', { name?: string; address: string }> & { text: string; marks: { automatic?: object } }
type Attachments = { attachments: { id: string; name: string }[] }

const wanted = { name: 'Answer', url: HOOK, kinds: ['message.received'], accounts: [MAILBOX] }
const { secret } = (await (await call('POST', '/v1/webhooks', wanted)).json()) as { secret: string }

async function receive(request: IncomingMessage): Promise<number> {
  const body = await text(request)
  if (!isGenuine(request, body)) return 401
  const event = JSON.parse(body) as { id: number; subject: string }
  const response = await call('GET', `/v1/messages/${event.subject}?include=text,attachments`)
  const { from, text: question, marks, attachments } = (await response.json()) as Message & Attachments
  console.log(`${from.address} wrote: ${question}`)
  for (const { id, name } of attachments) {
    const file = await (await call('GET', `/v1/attachments/${id}/content`)).bytes()
    console.log(`${name}: ${file.length} bytes`)
  }
  const reply = { replyToMessageId: event.subject, text: `Dear ${from.name ?? 'customer'},\n\nwe are on it.` }
  // An answer to a program could make it answer, too. The key makes it one answer, even if the event comes twice.
  if (!marks.automatic) await call('POST', '/v1/submissions', reply, { 'idempotency-key': `answer-${event.id}` })
  return 204
}

createServer((request, response) => {
  // Without 2xx, Postkey sends the event again.
  void receive(request)
    .catch((error: unknown) => (console.error(error), 500))
    .then((status) => response.writeHead(status).end())
}).listen(Number(PORT), () => console.log('ready'))
