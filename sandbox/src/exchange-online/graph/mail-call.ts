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

/** Behavior of Exchange that varies between tenants or is unconfirmed. Each default is the hardest case for clients. */
export interface MailHabits {
  /** Treatment of the Message-ID that a client set. */
  messageIdOnSend: 'rewrite' | 'keep'
  /** Delay between the 202 response and the copy in Sent Items, in ms. */
  sentCopyDelayMs: number
  /** Makes later delta rounds return only the changed properties of a message. */
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
  /** Base address of Graph for links and contexts, without a trailing slash. */
  graph: string
  habits: MailHabits
}

/** One request to a mailbox that the caller can open. */
export interface MailCall {
  request: FastifyRequest
  reply: FastifyReply
  mailbox: OpenMailbox
  mailboxId: string
  params: Readonly<Record<string, string>>
  query: ODataQuery
  preferences: Preferences
}

/** A route below `/me` and `/users/{id}`, with its required permissions as mandatory fields. */
export interface MailRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  need: MailNeed
  /** True for a list with `$search`. */
  searches?: boolean
  handle(call: MailCall): unknown
}

/** Folders that Exchange has and the sandbox does not. */
const ABSENT_FOLDERS = new Set(['clutter', 'conflicts', 'localfailures', 'scheduled', 'searchfolders', 'serverfailures', 'syncissues']) // prettier-ignore

/** @throws GraphError 400 for a malformed id, 404 for a folder that is not in this mailbox */
export function getFolder({ mailboxId }: MailCall, mailStore: MailStore, idOrName: string): Folder {
  const folder = mailStore.folder(mailboxId, idOrName)
  if (folder) return folder
  if (!isId(idOrName) && !ABSENT_FOLDERS.has(idOrName.toLowerCase())) throw malformedId()
  throw itemNotFound()
}

/** The destination parameter of `move` and `copy`. */
export function readDestination({ request }: MailCall): string | undefined {
  return new JsonBody(actionParameters(request.body ?? {}, ['destinationId']), 'moveAction').text('destinationId')
}

/** The folder in the address, after a check that it is below the parent in the address. */
export function folderOfPath(call: MailCall, mailStore: MailStore): Folder | undefined {
  const { folder, parent } = call.params
  if (folder === undefined) return undefined
  const found = getFolder(call, mailStore, folder)
  if (parent !== undefined && getFolder(call, mailStore, parent).id !== found.parentFolderId) throw itemNotFound()
  return found
}

/** The message in the address; below a folder, the message must be in that folder. */
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

/** `…/$metadata#users('ada')/messages`; for `me`, Graph uses the object id. */
export function contextUrl({ mailbox }: MailCall, { graph }: MailDeps, suffix: string): string {
  const name = mailbox.path === 'me' ? mailbox.owner.id : mailbox.path.slice('users/'.length)
  return `${graph}/v1.0/$metadata#users('${encodeURIComponent(name)}')/${suffix}`
}

/** Address of the request with a new `$skiptoken` or `$skip`; the other options stay as the client sent them. */
export function nextLink(call: MailCall, { graph }: MailDeps, name: '$skiptoken' | '$skip', value: string): string {
  const path = call.request.originalUrl.split('?', 1)[0]!
  const parameters = call.query.sent.filter(([key]) => !/^\$?skip(token)?$/i.test(key))
  const options = [...parameters, [name, value] as const].map(
    ([key, each]) => `${escapeKey(key)}=${encodeURIComponent(each)}`,
  )
  return `${graph}${path}?${options.join('&')}`
}

function escapeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%24', '$')
}
