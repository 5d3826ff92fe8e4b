/**
 * Uses the installed package against a Postkey and prints what it got as JSON: lists, a download, an error, webhooks with
 * two secrets. `verified` of a delivery names the secrets that accept it.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  createPostkeyClient,
  type EventOf,
  type PostkeyClient,
  PostkeyError,
  type PostkeyEvent,
  type Schemas,
  verifyWebhook,
  WebhookError,
} from '@postkey/client'

const { POSTKEY = '', KEY = '', MAILBOX = '', HOOK = '', PORT = '', FILE = '' } = process.env
const postkey: PostkeyClient = createPostkeyClient({ baseUrl: POSTKEY, apiKey: KEY })

const received: { headers: IncomingHttpHeaders; body: string }[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ headers: request.headers, body })
    response.writeHead(204).end()
  })
}).listen(Number(PORT))

function accepts(secret: string, request: { headers: IncomingHttpHeaders; body: string }): string {
  try {
    return verifyWebhook({ ...request, secret }).kind
  } catch (error) {
    return error instanceof WebhookError ? error.fault : String(error)
  }
}

const { id, secret, kinds } = await postkey.post('/v1/webhooks', {
  body: { name: 'Client', url: HOOK, kinds: ['message.received'], accounts: [MAILBOX] },
})
const test = () => postkey.post('/v1/webhooks/{id}/test', { path: { id }, body: { kind: 'submission.sent' } })
const tested = await test()
const { secret: next } = await postkey.post('/v1/webhooks/{id}/secret', { path: { id } })
await test()
await postkey.delete('/v1/webhooks/{id}', { path: { id } })
server.close()
const forged = { ...received[0]!, body: received[0]!.body.replace('submission.sent', 'submission.failed') }

const onePage = await postkey.get('/v1/messages', { query: { limit: 100 } })
const messages: Schemas.FullMessage[] = []
for await (const message of postkey.list('/v1/messages', { query: { limit: 2, include: 'attachments' } })) {
  messages.push(message)
}

const file = messages.flatMap(({ attachments = [] }) => attachments).find(({ name }) => name === FILE)!
const download = await postkey.get('/v1/attachments/{id}/content', { path: { id: file.id } })
let bytes = 0
for await (const chunk of download.body!) bytes += (chunk as Uint8Array).length
const copy = await postkey.get('/v1/attachments/{id}/content', { path: { id: file.id } })

const ofMessages: EventOf<'message.received'>[] = []
const all: PostkeyEvent['kind'][] = []
for await (const event of postkey.list('/v1/events', { query: { after: 0, limit: 10 } })) {
  all.push(event.kind)
  if (event.kind === 'message.received') ofMessages.push(event)
}

const error = await postkey.get('/v1/messages/{id}', { path: { id } }).catch((thrown: unknown) => thrown)
const refusal = error instanceof PostkeyError ? { code: error.code, status: error.status, remedy: error.remedy } : error

// @ts-expect-error: the route takes no key
const refuse = () => postkey.post('/v1/api-keys', { body: {} })
// @ts-expect-error: the path has a parameter
const forget = () => postkey.get('/v1/messages/{id}')
// @ts-expect-error: the kind does not exist
const misspell = () => postkey.events({ kinds: ['message.recieved'] })
// @ts-expect-error: the route takes no Idempotency-Key
const repeat = () => postkey.post('/v1/conversations/{id}/close', { path: { id }, idempotencyKey: 'one' })

console.log(
  JSON.stringify({
    kinds,
    answered: tested.delivered,
    verified: received.map((request) => [accepts(secret, request), accepts(next, request)]),
    forged: accepts(secret, forged),
    sameLists: messages.length > 2 && JSON.stringify(messages.map((one) => one.id)) === JSON.stringify(onePage.messages.map((one) => one.id)), // prettier-ignore
    file: [bytes === file.sizeBytes, download.headers.get('content-type'), await copy.text()],
    events: all.length > ofMessages.length && ofMessages.every(({ data }) => data.direction === 'in'),
    refusal,
    requestId: error instanceof PostkeyError && error.requestId !== undefined,
    unused: [refuse, forget, misspell, repeat].length,
  }),
)
