import type { Attachment, Message, MessageContent } from '../mail-store/index.ts'
import { actionParameters } from './action-parameters.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody } from './json-body.ts'
import { contextUrl, folderOfPath, type MailCall, type MailDeps, type MailRoute, messageOfPath } from './mail-call.ts'
import { completeContent, type MessageInput, readMessage } from './message-input.ts'
import { formatEtag } from './message-json.ts'
import { messageView } from './message-view.ts'
import { readAnswer, readForward } from './answer-input.ts'
import { forwardContent, quotedAttachments, replyContent } from './reply-content.ts'
import { newMessageId, notSendable, type Sending } from './send-mail.ts'

/** Routes for writing and sending drafts, including replies and forwards. */
export function draftRoutes(deps: MailDeps, sending: Sending): MailRoute[] {
  const { mailStore, clock } = deps
  const routes: MailRoute[] = [{ method: 'POST', path: '/sendMail', need: 'send', handle: sendMail }]
  for (const below of ['', '/mailFolders/:folder', '/mailFolders/:parent/childFolders/:folder']) {
    const one = `${below}/messages/:message`
    routes.push(
      { method: 'POST', path: `${below}/messages`, need: 'write', handle: create },
      { method: 'POST', path: `${one}/send`, need: 'send', handle: send },
      { method: 'POST', path: `${one}/createReply`, need: 'write', handle: (call) => createReply(call, false) },
      { method: 'POST', path: `${one}/createReplyAll`, need: 'write', handle: (call) => createReply(call, true) },
      { method: 'POST', path: `${one}/reply`, need: 'send', handle: (call) => reply(call, false) },
      { method: 'POST', path: `${one}/replyAll`, need: 'send', handle: (call) => reply(call, true) },
      { method: 'POST', path: `${one}/createForward`, need: 'write', handle: createForward },
      { method: 'POST', path: `${one}/forward`, need: 'send', handle: forward },
    )
  }
  return routes

  async function create(call: MailCall): Promise<unknown> {
    const folder = folderOfPath(call, mailStore) ?? mailStore.wellKnownFolder(call.mailboxId, 'drafts')
    const { request } = call
    const message = isMime(call)
      ? await addMime(call, folder.id, request.body)
      : add(call, folder.id, readMessage(request.body))
    return created(call, message)
  }

  function created(call: MailCall, message: Message): unknown {
    const id = encodeURIComponent(call.preferences.immutableIds ? message.immutableId : message.restId)
    void call.reply.code(201).headers({
      location: `${deps.graph}/v1.0/${call.mailbox.path}/messages/${id}`,
      etag: formatEtag(message),
    })
    const view = messageView(call, deps, call.query)
    return { '@odata.context': contextUrl(call, deps, 'messages/$entity'), ...view.show(message) }
  }

  async function send(call: MailCall): Promise<unknown> {
    const message = messageOfPath(call, mailStore)
    const outbox = mailStore.wellKnownFolder(call.mailboxId, 'outbox')
    if (!message.isDraft || message.folderId === outbox.id) throw notSendable()
    await submit(call, message, true)
    return accepted(call)
  }

  /** Accepts JSON that contains the message, or a message as MIME. */
  async function sendMail(call: MailCall): Promise<unknown> {
    const outbox = mailStore.wellKnownFolder(call.mailboxId, 'outbox').id
    if (isMime(call)) {
      await submitNew(call, await addMime(call, outbox, call.request.body), true)
      return accepted(call)
    }
    const names = ['message', 'saveToSentItems']
    const body = new JsonBody(actionParameters(call.request.body, names), 'sendMailAction')
    body.allowOnly(new Set(names))
    const saveToSentItems = body.boolean('saveToSentItems') ?? true
    await submitNew(call, add(call, outbox, readMessage(body.member('message'))), saveToSentItems)
    return accepted(call)
  }

  function createReply(call: MailCall, toAll: boolean): unknown {
    const drafts = mailStore.wellKnownFolder(call.mailboxId, 'drafts').id
    return created(call, addReply(call, drafts, toAll))
  }

  async function reply(call: MailCall, toAll: boolean): Promise<unknown> {
    const outbox = mailStore.wellKnownFolder(call.mailboxId, 'outbox').id
    await submitNew(call, addReply(call, outbox, toAll), true)
    return accepted(call)
  }

  function createForward(call: MailCall): unknown {
    const drafts = mailStore.wellKnownFolder(call.mailboxId, 'drafts').id
    return created(call, addForward(call, drafts))
  }

  async function forward(call: MailCall): Promise<unknown> {
    const outbox = mailStore.wellKnownFolder(call.mailboxId, 'outbox').id
    await submitNew(call, addForward(call, outbox), true)
    return accepted(call)
  }

  function addReply(call: MailCall, folderId: string, toAll: boolean): Message {
    const original = messageOfPath(call, mailStore)
    refuseMime(call)
    const { comment, input } = readAnswer(call.request.body)
    const proposal = replyContent(original, { owner: call.mailbox.owner, toAll, comment: comment ?? '' })
    const quoted = quotedAttachments(mailStore.attachments(original.key), proposal.body?.content ?? '')
    return addAnswer(call, folderId, original, { proposal, input, attachments: quoted })
  }

  function addForward(call: MailCall, folderId: string): Message {
    const original = messageOfPath(call, mailStore)
    refuseMime(call)
    const { comment, input, to } = readForward(call.request.body)
    const proposal = { ...forwardContent(original, { comment: comment ?? '' }), ...(to && { to }) }
    return addAnswer(call, folderId, original, { proposal, input, attachments: mailStore.attachments(original.key) })
  }

  /** Adds a reply or a forward; what the client sent replaces the proposal. */
  function addAnswer(
    call: MailCall,
    folderId: string,
    original: Message,
    answer: { proposal: Partial<MessageContent>; input: MessageInput | undefined; attachments: Attachment[] },
  ): Message {
    const { proposal, input, attachments } = answer
    // Images of a quotation that the client replaced are not shown.
    const kept = input?.content.body ? attachments.filter(({ isInline }) => !isInline) : attachments
    return add(
      call,
      folderId,
      {
        content: { ...proposal, ...input?.content },
        flags: input?.flags ?? {},
        attachments: [...kept, ...(input?.attachments ?? [])],
        receivedAt: undefined,
        hasHeaders: false,
      },
      original.key,
    )
  }

  function add(call: MailCall, folderId: string, input: MessageInput, replyToKey?: number): Message {
    const now = clock.now().getTime()
    const content: MessageContent = completeContent(input.content, { internetMessageId: newMessageId(), sentAt: now })
    return mailStore.append(call.mailboxId, folderId, content, input.attachments, {
      flags: { isDraft: true, isRead: true, ...input.flags },
      ...(input.receivedAt !== undefined && { receivedAt: input.receivedAt }),
      ...(replyToKey !== undefined && { replyToKey }),
    })
  }

  function addMime(call: MailCall, folderId: string, body: unknown): Promise<Message> {
    const flags = { isDraft: true, isRead: true }
    return mailStore.appendMime(call.mailboxId, folderId, readMimeContent(body), { flags })
  }

  /** Deletes the temporary message when it can't be sent. */
  async function submitNew(call: MailCall, message: Message, saveToSentItems: boolean): Promise<void> {
    try {
      await submit(call, message, saveToSentItems)
    } catch (error) {
      mailStore.remove(message.key)
      throw error
    }
  }

  async function submit({ request, mailbox }: MailCall, message: Message, saveToSentItems: boolean): Promise<void> {
    const { caller, subject } = request
    const cut = await sending.send(message, { caller, owner: mailbox.owner, saveToSentItems, subject })
    if (cut) request.disturbedAfter = cut
  }
}

function accepted({ reply }: MailCall): unknown {
  return reply.code(202).header('content-length', '0').send()
}

function refuseMime(call: MailCall): void {
  if (isMime(call)) throw new GraphError(501, 'notSupported', 'The sandbox takes no MIME here; send JSON.')
}

function isMime({ request }: MailCall): boolean {
  return /^text\/plain\b/i.test(request.headers['content-type'] ?? '')
}

/** @see https://learn.microsoft.com/graph/outlook-send-mime-message */
function readMimeContent(body: unknown): Uint8Array {
  const base64 = typeof body === 'string' ? body.replace(/\s+/g, '') : ''
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new GraphError(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.')
  }
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
