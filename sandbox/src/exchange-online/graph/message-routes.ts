import { toPosition } from '../mail-store/index.ts'
import type { Folder, Message, MessageQuery } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import {
  contextUrl,
  readDestination,
  folderOfPath,
  getFolder,
  type MailCall,
  type MailDeps,
  type MailRoute,
  messageOfPath,
  nextLink,
} from './mail-call.ts'
import { toMessageQuery } from './message-filter.ts'
import { readMessage } from './message-input.ts'
import { formatEtag } from './message-json.ts'
import { searchMessages } from './message-search.ts'
import { messageView } from './message-view.ts'
import { badQuery, DEFAULT_PAGE, LARGEST_PAGE } from './odata-query.ts'

interface SkipToken {
  mailboxId: string
  folderId: string | undefined
  /** Filter and order of the list to which the page belongs. */
  question: string
  after: (string | number)[]
}

/** Routes for reading, searching, flagging, copying, moving and deleting messages. */
export function messageRoutes(deps: MailDeps): MailRoute[] {
  const { mailStore, tokenSeal } = deps
  const routes: MailRoute[] = []
  for (const below of ['', '/mailFolders/:folder', '/mailFolders/:parent/childFolders/:folder']) {
    const one = `${below}/messages/:message`
    routes.push(
      { method: 'GET', path: `${below}/messages`, need: 'read-basic', searches: true, handle: list },
      { method: 'GET', path: `${below}/messages/$count`, need: 'read-basic', handle: count },
      { method: 'GET', path: one, need: 'read-basic', handle: get },
      { method: 'GET', path: `${one}/$value`, need: 'read', handle: mime },
      { method: 'PATCH', path: one, need: 'write', handle: update },
      { method: 'DELETE', path: one, need: 'write', handle: remove },
      { method: 'POST', path: `${one}/permanentDelete`, need: 'write', handle: permanentDelete },
      { method: 'POST', path: `${one}/move`, need: 'write', handle: move },
      { method: 'POST', path: `${one}/copy`, need: 'write', handle: copy },
    )
  }
  return routes

  function list(call: MailCall): unknown {
    const { mailboxId, query, preferences } = call
    if (query.search !== undefined) return searchMessages(call, deps, query.search)
    const folder = folderOfPath(call, mailStore)
    const { where, orderBy } = toMessageQuery(query, call.mailbox.basicOnly)
    const view = messageView(call, deps, query)
    const size = Math.min(query.top ?? preferences.maxPageSize ?? DEFAULT_PAGE, LARGEST_PAGE)
    const scope = { mailboxId, ...(folder && { folderId: folder.id }), ...(where && { where }) }
    const question = JSON.stringify([where ?? null, orderBy])
    const after = query.skipToken === undefined ? undefined : openSkipToken(call, query.skipToken, folder?.id, question)

    const found = mailStore.listMessages({
      ...scope,
      ...(orderBy && { orderBy }),
      ...(after && { after }),
      ...(query.skip !== undefined && !after && { skip: query.skip }),
      limit: size + 1,
      withContent: view.needsContent,
    })
    const page = found.slice(0, size)
    const last = found.length > size ? page.at(-1) : undefined
    const suffix = folder ? `mailFolders('${encodeURIComponent(call.params['folder']!)}')/messages` : 'messages'
    return {
      '@odata.context': contextUrl(call, deps, `${suffix}${view.shape.context}`),
      ...(query.count && { '@odata.count': mailStore.countMessages(scope) }),
      ...(last && { '@odata.nextLink': linkAfter(call, last, orderBy, folder?.id, question) }),
      value: page.map((message) => view.show(message)),
    }
  }

  function linkAfter(
    call: MailCall,
    last: Message,
    orderBy: MessageQuery['orderBy'],
    folderId: string | undefined,
    question: string,
  ): string {
    const token: SkipToken = { mailboxId: call.mailboxId, folderId, question, after: toPosition(last, orderBy) }
    return nextLink(call, deps, '$skiptoken', tokenSeal.seal('list', token))
  }

  function openSkipToken(call: MailCall, token: string, folderId: string | undefined, question: string) {
    const opened = tokenSeal.open('list', token)
    const value = 'value' in opened ? (opened.value as Partial<SkipToken>) : {}
    // The token is valid, but may belong to another list.
    if (value.mailboxId !== call.mailboxId || value.folderId !== folderId || value.question !== question) {
      throw badQuery('The $skiptoken is not valid for this request.')
    }
    return value.after
  }

  function count(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)
    const { where } = toMessageQuery({ ...call.query, orderBy: [] }, call.mailbox.basicOnly)
    void call.reply.type('text/plain')
    return String(
      mailStore.countMessages({
        mailboxId: call.mailboxId,
        ...(folder && { folderId: folder.id }),
        ...(where && { where }),
      }),
    )
  }

  function get(call: MailCall): unknown {
    return entity(call, messageOfPath(call, mailStore))
  }

  function entity(call: MailCall, message: Message): unknown {
    const view = messageView(call, deps, call.query)
    void call.reply.header('etag', formatEtag(message))
    return {
      '@odata.context': contextUrl(call, deps, `messages${view.shape.context}/$entity`),
      ...view.show(message),
    }
  }

  async function mime(call: MailCall): Promise<unknown> {
    const bytes = await mailStore.mime(messageOfPath(call, mailStore))
    return call.reply.type('text/plain').send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  function update(call: MailCall): unknown {
    const message = messageOfPath(call, mailStore)
    checkIfMatch(call, message)
    const input = readMessage(call.request.body)
    if (input.hasHeaders || input.attachments.length > 0 || input.receivedAt !== undefined) throw onlyOnCreate()
    const { isDraft, ...flags } = input.flags
    if (isDraft !== undefined) throw onlyOnCreate()
    if (Object.keys(input.content).length > 0 && !message.isDraft) throw notOfSentMessage()

    let updated = message
    if (Object.keys(input.content).length > 0) updated = mailStore.updateContent(message.key, input.content)
    if (Object.keys(flags).length > 0) updated = mailStore.updateFlags(message.key, flags)
    return entity(call, updated)
  }

  /** Moves a message to Deleted Items, or from there to Recoverable Items. */
  function remove(call: MailCall): unknown {
    const message = messageOfPath(call, mailStore)
    checkIfMatch(call, message)
    const deleted = mailStore.wellKnownFolder(call.mailboxId, 'deleteditems')
    const recoverable = mailStore.wellKnownFolder(call.mailboxId, 'recoverableitemsdeletions')
    if (message.folderId === recoverable.id) mailStore.remove(message.key)
    else mailStore.move(message.key, message.folderId === deleted.id ? recoverable.id : deleted.id)
    return call.reply.code(204).send()
  }

  function permanentDelete(call: MailCall): unknown {
    mailStore.remove(messageOfPath(call, mailStore).key)
    return call.reply.code(204).send()
  }

  function move(call: MailCall): unknown {
    const message = messageOfPath(call, mailStore)
    const folder = destinationOf(call)
    // A move to the current folder changes nothing.
    const moved = message.folderId === folder.id ? message : mailStore.move(message.key, folder.id)
    void call.reply.code(201)
    return entity(call, moved)
  }

  function copy(call: MailCall): unknown {
    const message = messageOfPath(call, mailStore)
    const copied = mailStore.copy(message.key, destinationOf(call).id)
    void call.reply.code(201)
    return entity(call, copied)
  }

  function destinationOf(call: MailCall): Folder {
    const destinationId = readDestination(call)
    if (destinationId === undefined || destinationId === '') throw malformedDestination()
    return getFolder(call, mailStore, destinationId)
  }
}

/** Checks `If-Match` against the message's etag. @see https://learn.microsoft.com/graph/api/message-update */
export function checkIfMatch({ request }: MailCall, message: Message): void {
  const wanted = request.headers['if-match']
  if (wanted === undefined || wanted === '*' || wanted === formatEtag(message)) return
  throw new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not ' +
      'match the current change key for the item.',
  )
}

/**
 * Unconfirmed: the code of Exchange's older web services. Graph documents only that these properties belong to drafts.
 */
function notOfSentMessage(): GraphError {
  return new GraphError(
    400,
    'ErrorInvalidPropertyUpdateSentMessage',
    'Update operation is invalid for property of a sent message.',
  )
}

function onlyOnCreate(): GraphError {
  return new GraphError(400, 'ErrorInvalidPropertySet', 'Set action is invalid for property.')
}

function malformedDestination(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.')
}
