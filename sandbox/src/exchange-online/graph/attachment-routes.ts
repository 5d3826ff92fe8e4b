import type { Attachment, Message } from '../mail-store/index.ts'
import { attachedItemJson, attachmentJson } from './attachment-json.ts'
import { readAttachment } from './attachment-input.ts'
import { GraphError } from './graph-error.ts'
import { contextUrl, isId, itemNotFound, malformedId, type MailCall, type MailDeps, type MailRoute, messageOfPath } from './mail-call.ts' // prettier-ignore

/** Routes for attachments of messages: files, attached messages, links to files elsewhere. */
export function attachmentRoutes(deps: MailDeps): MailRoute[] {
  const { mailStore } = deps
  const routes: MailRoute[] = []
  for (const below of ['', '/mailFolders/:folder', '/mailFolders/:parent/childFolders/:folder']) {
    const all = `${below}/messages/:message/attachments`
    const one = `${all}/:attachment`
    routes.push(
      { method: 'GET', path: all, need: 'read', handle: list },
      { method: 'POST', path: all, need: 'write', handle: add },
      { method: 'GET', path: `${all}/$count`, need: 'read', handle: count },
      { method: 'GET', path: one, need: 'read', handle: get },
      { method: 'GET', path: `${one}/$value`, need: 'read', handle: value },
      { method: 'DELETE', path: one, need: 'write', handle: remove },
    )
  }
  return routes

  function list(call: MailCall): unknown {
    const { select, count: wantsCount, top, skip } = call.query
    const attachments = mailStore.attachments(messageOfPath(call, mailStore).key)
    const first = skip ?? 0
    return {
      '@odata.context': context(call, ''),
      ...(wantsCount && { '@odata.count': attachments.length }),
      value: attachments
        .slice(first, top === undefined ? undefined : first + top)
        .map((each) => attachmentJson(each, select)),
    }
  }

  function count(call: MailCall): unknown {
    void call.reply.type('text/plain')
    return String(mailStore.attachments(messageOfPath(call, mailStore).key, { withContent: false }).length)
  }

  async function get(call: MailCall): Promise<unknown> {
    const { message, attachment } = find(call)
    const json = attachmentJson(attachment, call.query.select)
    const expandsItem = call.query.expand.some(({ property }) => /(^|\/)item$/i.test(property))
    return {
      '@odata.context': context(call, '/$entity'),
      ...json,
      ...(expandsItem &&
        attachment.kind === 'item' && { item: await attachedItemJson(attachment, message, call.preferences) }),
    }
  }

  function value(call: MailCall): unknown {
    const { kind, contentType, content } = find(call).attachment
    // Unconfirmed: Graph's error for the content of a link, which has no bytes.
    if (kind === 'reference') throw new GraphError(405, 'ErrorInvalidRequest', 'The OData request is not supported.')
    return call.reply
      .type(kind === 'item' ? 'text/plain' : contentType)
      .send(Buffer.from(content.buffer, content.byteOffset, content.byteLength))
  }

  function add(call: MailCall): unknown {
    const message = messageOfPath(call, mailStore)
    const attachment = mailStore.addAttachment(message.key, readAttachment(call.request.body))
    void call.reply.code(201)
    return { '@odata.context': context(call, '/$entity'), ...attachmentJson(attachment) }
  }

  function remove(call: MailCall): unknown {
    const { message, attachment } = find(call)
    mailStore.removeAttachment(message.key, attachment.id)
    return call.reply.code(204).send()
  }

  function find(call: MailCall): { message: Message; attachment: Attachment } {
    const message = messageOfPath(call, mailStore)
    const id = call.params['attachment']!
    const attachment = mailStore.attachment(message.key, id)
    if (!attachment) throw isId(id) ? itemNotFound() : malformedId()
    return { message, attachment }
  }

  function context(call: MailCall, suffix: string): string {
    return contextUrl(call, deps, `messages('${encodeURIComponent(call.params['message']!)}')/attachments${suffix}`)
  }
}
