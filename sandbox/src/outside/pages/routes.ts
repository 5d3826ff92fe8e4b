import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { antiForgery, readForm, sendPage } from '../../kernel/site.ts'
import { readEnvelope } from '../api.ts'
import { readDraft } from '../letter-fields.ts'
import { OutsideError } from '../outside-error.ts'
import { readMail, readSummary } from '../outside-mail.ts'
import type { Delivery } from '../outside.ts'
import { messagePage } from './message-page.ts'
import { type OutsidePagesOptions, personPath, withFrame } from './page-kit.ts'
import { inboxPage, peoplePage } from './people-page.ts'
import { replyTo } from './reply.ts'
import { registerUploads } from './uploads.ts'
import { type Fault, rawPage, type WriteForm, writePage } from './write-page.ts'

const MOST_SHOWN = 200

/** Content-Security-Policy of a message's page: its text and embedded images only; no scripts, forms or links. */
const MESSAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

/** Registers the pages for external mail under `/outside/…`. The site must already have {@link registerPages}. */
export function registerOutsidePages(site: FastifyInstance, options: OutsidePagesOptions): void {
  const { outside, layout, mailboxes, address } = options
  const { mail } = outside
  registerUploads(site)

  site.get('/outside', (_request, reply) =>
    sendPage(reply, layout({ title: 'External mail', body: peoplePage(mail.people(), address) })),
  )

  site.get<{ Params: { address: string }; Querystring: { sent?: unknown } }>(
    '/outside/people/:address',
    async ({ params, query }, reply) => {
      const known = mail.people().find((person) => person.address === params.address.toLowerCase())
      const person = known ?? { address: params.address, name: undefined, messages: 0 }
      const newest = mail.list({ to: person.address, limit: MOST_SHOWN }).reverse()
      const shown = await Promise.all(
        newest.map(async (message) => ({ message, summary: await readSummary(mail.beginning(message.id)) })),
      )
      const sent = typeof query.sent === 'string' ? query.sent : undefined
      return sendPage(reply, layout({ title: person.name ?? person.address, body: inboxPage(person, shown, sent) }))
    },
  )

  site.get<{ Params: { id: string } }>('/outside/messages/:id', async ({ params }, reply) => {
    const { message, content } = await read(params.id)
    const document = layout({ title: content.subject || '(no subject)', body: messagePage(message, content) })
    return sendPage(reply, withFrame(document))
  })

  site.get<{ Params: { id: string } }>('/outside/messages/:id/html', async ({ params }, reply) => {
    const { content } = await read(params.id)
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': MESSAGE_POLICY,
        'x-frame-options': 'SAMEORIGIN',
        'x-dns-prefetch-control': 'off',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .send(content.html ?? '')
  })

  site.get<{ Params: { id: string } }>('/outside/messages/:id/source', ({ params }, reply) =>
    reply
      .headers({
        'content-type': 'text/plain; charset=utf-8',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-store',
      })
      .send(Buffer.from(get(params.id).mime)),
  )

  site.get<{ Querystring: Record<string, unknown> }>('/outside/write', async (request, reply) => {
    const text = (name: string) => (typeof request.query[name] === 'string' ? request.query[name] : '')
    const id = text('reply')
    const form: WriteForm =
      id === ''
        ? { ...EMPTY_FORM, from: text('from'), to: text('to'), fromName: mail.nameOf(text('from')) ?? '' }
        : await answerForm(id, text('all') === 'true')
    if (form.from === '') Object.assign(form, firstPerson())
    return sendPage(reply, show(request, reply, form))
  })

  site.post('/outside/write', async (request, reply) => {
    const posted = readForm(request)
    const text = (name: string) => posted.get(name) ?? ''
    const form: WriteForm = {
      from: text('from').trim(),
      fromName: text('fromName').trim(),
      to: text('to'),
      cc: text('cc'),
      subject: text('subject'),
      body: text('body'),
      format: text('format') === 'html' ? 'html' : 'text',
      reply: text('reply'),
      withoutThreading: posted.has('withoutThreading'),
    }
    return attempt(
      async () => {
        const draft = await readDraft(
          {
            from: { name: form.fromName, address: form.from },
            to: form.to,
            cc: form.cc,
            subject: form.subject,
            [form.format]: form.body.replace(/\r\n?/g, '\n'),
            attachments: request.uploads.map(({ name, contentType, content }) => ({
              name,
              contentType,
              contentBytes: content,
            })),
            inReplyTo: form.withoutThreading ? '' : form.reply,
          },
          mail,
        )
        const delivery = await outside.send(draft)
        return reply.redirect(afterSending(form.from, delivery), 303)
      },
      (fault) => sendPage(reply, show(request, reply, form, fault), 422),
    )
  })

  site.get<{ Querystring: Record<string, unknown> }>('/outside/raw', (request, reply) =>
    sendPage(reply, showRaw(request, reply, { from: '', to: '', source: '' })),
  )

  site.post('/outside/raw', async (request, reply) => {
    const posted = readForm(request)
    const form = { from: posted.get('from') ?? '', to: posted.get('to') ?? '', source: posted.get('source') ?? '' }
    return attempt(
      async () => {
        const mime = request.uploads[0]?.content ?? Buffer.from(form.source)
        if (mime.length === 0) throw new OutsideError(400, 'Choose a file or paste a message.', 'source')
        const envelope = await readEnvelope(mime, form.from.trim() || undefined, form.to.trim() || undefined)
        const delivery = await outside.sendRaw({ ...envelope, mime })
        return reply.redirect(afterSending(envelope.from, delivery), 303)
      },
      (fault) => sendPage(reply, showRaw(request, reply, form, fault), 422),
    )
  })

  function show(request: FastifyRequest, reply: FastifyReply, form: WriteForm, fault?: Fault) {
    const body = writePage(form, mailboxes(), antiForgery(request, reply), fault)
    return layout({ title: form.reply === '' ? 'Write to a mailbox' : 'Reply', body })
  }

  function showRaw(request: FastifyRequest, reply: FastifyReply, form: Parameters<typeof rawPage>[0], fault?: Fault) {
    const body = rawPage(form, mailboxes(), antiForgery(request, reply), fault)
    return layout({ title: 'Send an .eml file', body })
  }

  async function answerForm(id: string, all: boolean): Promise<WriteForm> {
    const { message, content } = await read(id)
    const name = mail.nameOf(message.recipient) ?? ''
    return { ...EMPTY_FORM, ...replyTo(content, message.recipient, all), fromName: name, reply: id }
  }

  function firstPerson(): Pick<WriteForm, 'from' | 'fromName'> {
    const person = mail.people()[0]
    return { from: person?.address ?? '', fromName: person?.name ?? '' }
  }

  async function read(id: string) {
    const { message, mime } = get(id)
    return { message, content: await readMail(mime) }
  }

  function get(id: string) {
    const [message, mime] = [mail.find(id), mail.mime(id)]
    if (!message || !mime) throw new OutsideError(404, 'This external message does not exist.')
    return { message, mime }
  }
}

const EMPTY_FORM: WriteForm = {
  from: '',
  fromName: '',
  to: '',
  cc: '',
  subject: '',
  body: '',
  format: 'text',
  reply: '',
  withoutThreading: false,
}

async function attempt<T>(work: () => Promise<T>, show: (fault: Fault) => T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    return show({ field: error.field, message: error.message })
  }
}

function afterSending(from: string, { arrivals, outside }: Delivery): string {
  const places = [
    ...arrivals.map(({ recipient, folder }) => `${recipient}: ${folder === 'inbox' ? 'Inbox' : 'Junk Email'}`),
    ...outside.map(({ recipient }) => `${recipient}: outside`),
  ]
  const shown = places.slice(0, 10).join(', ') + (places.length > 10 ? ', …' : '')
  return `${personPath(from === '' ? (outside[0]?.recipient ?? '<>') : from)}?${new URLSearchParams({ sent: shown }).toString()}`
}
