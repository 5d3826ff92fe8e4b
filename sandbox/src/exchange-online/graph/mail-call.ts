import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Directory } from '../../tenants/index.ts'
import type { Folder, MailStore, Message } from '../mail-store/index.ts'
import type { Transport } from '../transport/index.ts'
import { actionParameters } from './action-parameters.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody } from './json-body.ts'
import type { MailNeed } from './mail-permissions.ts'
import type { OpenMailbox } from './mailbox-access.ts'
import type { ODataQuery } from './odata-query.ts'
import type { Preferences } from './preferences.ts'
import type { TokenSeal } from './sealed-token.ts'

/** Habits of Exchange that differ between tenants or are not sure; each has the default that is hardest on clients. */
export interface MailHabits {
  /** What becomes of the Message-ID that a client gave its message. */
  messageIdOnSend: 'rewrite' | 'keep'
  /** How long after the 202 the copy is in Sent Items. */
  sentCopyDelayMs: number
  /** Whether later delta rounds tell only what changed of a message. */
  sparseDelta: boolean
}

export interface MailDeps {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  transport: Pick<Transport, 'submit'>
  faults: FaultsAsked
  tokenSeal: TokenSeal
  /** Where Graph is, for links and contexts: no slash at the end. */
  graph: string
  habits: MailHabits
}

/** One request at a mailbox that is open to the caller. */
export interface MailCall {
  request: FastifyRequest
  reply: FastifyReply
  mailbox: OpenMailbox
  mailboxId: string
  params: Readonly<Record<string, string>>
  query: ODataQuery
  preferences: Preferences
}

/** A route below `/me` and `/users/{id}`; what it needs is part of it, so that none is without. */
export interface MailRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  need: MailNeed
  handle(call: MailCall): unknown
}

/** Folders that Exchange has and the sandbox does not. */
const ABSENT_FOLDERS = new Set(['clutter', 'conflicts', 'localfailures', 'scheduled', 'searchfolders', 'serverfailures', 'syncissues']) // prettier-ignore

/** @throws GraphError 400 when it cannot be an id, 404 when it is none in this mailbox */
export function getFolder({ mailboxId }: MailCall, mailStore: MailStore, idOrName: string): Folder {
  const folder = mailStore.folder(mailboxId, idOrName)
  if (folder) return folder
  if (!isId(idOrName) && !ABSENT_FOLDERS.has(idOrName.toLowerCase())) throw malformedId()
  throw itemNotFound()
}

/** The parameter of `move`. */
export function destinationOf({ request }: MailCall): string | undefined {
  return new JsonBody(actionParameters(request.body ?? {}, ['destinationId']), 'moveAction').text('destinationId')
}

/** The folder of the address, and that it stands where the address says. */
export function folderOfPath(call: MailCall, mailStore: MailStore): Folder | undefined {
  const { folder, parent } = call.params
  if (folder === undefined) return undefined
  const found = getFolder(call, mailStore, folder)
  if (parent !== undefined && getFolder(call, mailStore, parent).id !== found.parentFolderId) throw itemNotFound()
  return found
}

/** The message of the address; one below a folder must be in that folder. */
export function messageOfPath(call: MailCall, mailStore: MailStore): Message {
  const folder = folderOfPath(call, mailStore)
  const id = call.params['message']!
  const message = mailStore.message(call.mailboxId, id)
  if (message && (folder === undefined || message.folderId === folder.id)) return message
  throw isId(id) ? itemNotFound() : malformedId()
}

export function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{40,}={0,2}$/.test(text)
}

export function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
}

export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.')
}

/** `…/$metadata#users('ada')/messages`; for `me` Graph writes the object id. */
export function contextOf({ mailbox }: MailCall, { graph }: MailDeps, suffix: string): string {
  const name = mailbox.path === 'me' ? mailbox.owner.id : mailbox.path.slice('users/'.length)
  return `${graph}/v1.0/$metadata#users('${encodeURIComponent(name)}')/${suffix}`
}

/** The address of the request with `$skiptoken` or `$skip` changed, the other options as the client sent them. */
export function nextLink(call: MailCall, { graph }: MailDeps, name: '$skiptoken' | '$skip', value: string): string {
  const path = call.request.originalUrl.split('?', 1)[0]!
  const kept = call.query.sent.filter(([key]) => !/^\$?skip(token)?$/i.test(key))
  const options = [...kept, [name, value] as const].map(
    ([key, each]) => `${escapeKey(key)}=${encodeURIComponent(each)}`,
  )
  return `${graph}${path}?${options.join('&')}`
}

function escapeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%24', '$')
}
