import type { FastifyInstance, FastifyReply } from 'fastify'
import { addresses, readDraft } from './letter-fields.ts'
import type { OutsideMail } from './mail-drop.ts'
import { OutsideError } from './outside-error.ts'
import { type Delivery, type Outside } from './outside.ts'
import { readMail, readSummary } from './outside-mail.ts'

/** Attachments are base64 in JSON: 36 MB of message are about 50 MB of request. */
export const MAX_REQUEST_BYTES = 52 * 1024 * 1024
const MOST_LISTED = 200
const LONGEST_WAIT_MS = 60_000
const forPrograms = { bodyLimit: MAX_REQUEST_BYTES, config: { antiForgery: false } }

interface ListQuery {
  to?: unknown
  after?: unknown
  limit?: unknown
  waitMs?: unknown
}

/** Registers the API for external mail: `/api/outside/…`, JSON in and out. */
export function registerOutsideApi(site: FastifyInstance, outside: Outside): void {
  const { mail } = outside
  // Waiting requests must not keep the site from closing.
  const closing = new AbortController()
  site.addHook('preClose', async () => closing.abort())
  site.addContentTypeParser(
    ['message/rfc822', 'application/octet-stream'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  )
  site.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof OutsideError) {
      return reply.code(error.status).send({ error: { field: error.field, message: error.message } })
    }
    const status = error.statusCode ?? 500
    if (status >= 500) throw error
    return reply.code(status).send({ error: { message: error.message } })
  })

  site.get('/api/outside/people', () => ({ people: mail.people() }))

  site.get<{ Querystring: ListQuery }>('/api/outside/messages', async (request, reply) => {
    const { query } = request
    const to = one(query.to, 'to')
    const after = whole(query.after, 'after', Number.MAX_SAFE_INTEGER)
    const limit = whole(query.limit, 'limit', MOST_LISTED) ?? 50
    const waitMs = whole(query.waitMs, 'waitMs', LONGEST_WAIT_MS) ?? 0

    const hangUp = AbortSignal.any([abortWhenClosed(reply), closing.signal])
    // Real time instead of the sandbox's clock, because a client is waiting.
    const endsAt = process.hrtime.bigint() + BigInt(waitMs) * 1_000_000n
    for (;;) {
      const found = mail.list({ to, after, limit })
      const leftMs = Number((endsAt - process.hrtime.bigint()) / 1_000_000n)
      if (found.length > 0 || leftMs <= 0 || hangUp.aborted) {
        const messages = await Promise.all(found.map(describe))
        return { messages, next: found.at(-1)?.sequence ?? after ?? mail.lastSequence() }
      }
      await mail.nextArrival(leftMs, hangUp)
    }
  })

  site.get<{ Params: { id: string } }>('/api/outside/messages/:id', async ({ params }) => {
    const { message, mime } = get(params.id)
    const { attachments, ...content } = await readMail(mime)
    return {
      ...base(message),
      ...content,
      attachments: attachments.map(({ name, contentType, content: bytes }, index) => ({
        name,
        contentType,
        sizeBytes: bytes.length,
        path: `/api/outside/messages/${message.id}/attachments/${index}`,
      })),
    }
  })

  site.get<{ Params: { id: string } }>('/api/outside/messages/:id/raw', ({ params }, reply) => {
    const { mime } = get(params.id)
    return sendFile(reply, mime, 'message/rfc822', `${params.id}.eml`)
  })

  site.get<{ Params: { id: string; index: string } }>(
    '/api/outside/messages/:id/attachments/:index',
    async ({ params }, reply) => {
      const { attachments } = await readMail(get(params.id).mime)
      const attachment = attachments[Number(params.index)]
      if (!attachment) throw new OutsideError(404, 'This message has no such attachment.')
      return sendFile(reply, attachment.content, 'application/octet-stream', attachment.name)
    },
  )

  site.post('/api/outside/messages', forPrograms, async ({ body }, reply) =>
    reply.code(201).send(present(await outside.send(await readDraft(body, mail)))),
  )

  site.post<{ Querystring: { from?: unknown; to?: unknown } }>(
    '/api/outside/raw',
    forPrograms,
    async ({ body, query }, reply) => {
      if (!Buffer.isBuffer(body)) throw new OutsideError(400, 'Send the message with Content-Type: message/rfc822.')
      const envelope = await readEnvelope(body, one(query.from, 'from'), one(query.to, 'to'))
      return reply.code(201).send(present(await outside.sendRaw({ ...envelope, mime: body })))
    },
  )

  function get(id: string): { message: OutsideMail; mime: Uint8Array } {
    const [message, mime] = [mail.find(id), mail.mime(id)]
    if (!message || !mime) throw new OutsideError(404, 'This external message does not exist.')
    return { message, mime }
  }

  async function describe(message: OutsideMail) {
    return { ...base(message), ...(await readSummary(mail.beginning(message.id))) }
  }
}

/** Envelope of a raw message: as given, otherwise from its header. `<>` is the empty reverse-path of reports. */
export async function readEnvelope(mime: Buffer, from: string | undefined, to: string | undefined) {
  const summary = await readSummary(mime)
  const sender = from === '<>' ? [] : addresses(from ?? summary.from, 'from')
  const recipients = addresses(to ?? [summary.to, summary.cc].filter(Boolean), 'to').map(({ address }) => address)
  if (from !== '<>' && !sender[0]) throw new OutsideError(400, 'Give a sender: the message has no From.', 'from')
  if (recipients.length === 0) throw new OutsideError(400, 'Give a recipient: the message has neither To nor Cc.', 'to')
  return { from: sender[0]?.address ?? '', to: [...new Set(recipients)] }
}

/** Sends a file as a download, so that it is never shown as a page of this site. */
export function sendFile(reply: FastifyReply, bytes: Uint8Array, contentType: string, name: string): FastifyReply {
  const plain = name.replace(/[^\w.-]+/g, '_').slice(0, 100)
  const encoded = encodeURIComponent(name.toWellFormed().slice(0, 200)).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  )
  return reply
    .headers({
      'content-type': contentType,
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

function base({ sequence, id, recipient, envelopeFrom, receivedAt, sizeBytes }: OutsideMail) {
  return { sequence, id, recipient, envelopeFrom, receivedAt: receivedAt.toISOString(), sizeBytes }
}

function present({ messageId, arrivals, outside }: Delivery) {
  return {
    messageId,
    arrivals: arrivals.map(({ recipient, mailboxId, folder }) => ({ recipient, mailboxId, folder })),
    outside: outside.map(({ id, recipient, sequence }) => ({ id, recipient, sequence })),
  }
}

function abortWhenClosed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}

function one(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new OutsideError(400, `Give ${field} only once.`, field)
  return value === '' ? undefined : value
}

function whole(value: unknown, field: string, most: number): number | undefined {
  const text = one(value, field)
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text) || Number(text) > most) {
    throw new OutsideError(400, `${field} must be a whole number from 0 to ${most}.`, field)
  }
  return Number(text)
}
