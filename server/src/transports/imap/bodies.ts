/**
 * Whole messages from IMAP. The source is fetched unparsed with `BODY.PEEK[]`, which marks nothing as read, and then
 * parsed by the room `mime`. Sizes are the bytes received, whatever the server claims.
 *
 * Large messages are fetched one by one. A message that is too large, damaged or refused is stored with its header and
 * the reason, and never blocks others.
 */
import { AppError } from '../../kernel/errors.ts'
import type { QuarantineReason, RemoteMessage } from '../../mail/index.ts'
import type { Parser, ParseHints } from '../../mime/index.ts'
import type { ImapConnection } from './imap-connection.ts'
import { imapRemoteId } from './remote-ids.ts'
import type { Listed } from './list-messages.ts'
import { isStandIn } from './stand-in.ts'
import { uidSet } from './uid-ranges.ts'

const KB = 1024
const MB = 1024 * KB

/** Limits in bytes received. Tests may lower them. */
export const BODY_LIMITS = {
  /** Maximum size of a message that is fetched. */
  largestBytes: 60 * MB,
  /** Messages with a smaller claimed size are fetched together, and truncated here if they are larger. */
  smallBytes: 512 * KB,
  batchBytes: 4 * MB,
  batchCount: 25,
  headerBytes: 256 * KB,
}
export type BodyLimits = typeof BODY_LIMITS

/** Maximum number of large messages in memory at a time, in the whole process. */
const MOST_LARGE = 2
let large = 0
const waitingForLarge: (() => void)[] = []

export interface BodiesOptions {
  parser: Pick<Parser, 'parse'>
  hints: ParseHints
  now: () => Date
  limits: BodyLimits
}

export interface Where {
  path: string
  uidValidity: number
}

/** Fetches messages in the requested order, without those deleted meanwhile. */
export async function fetchBodies(
  connection: ImapConnection,
  where: Where,
  wanted: readonly Listed[],
  options: BodiesOptions,
): Promise<RemoteMessage[]> {
  const { limits } = options
  const done = new Map<number, RemoteMessage>()
  const alone: Listed[] = []
  // While the threads parse one batch, the server sends the next.
  const reading: Promise<unknown>[] = []
  for (const batch of batches(wanted.filter(isSmall), limits)) {
    const sources = await fetchTogether(connection, batch, limits)
    for (const listed of batch) {
      const source = sources.get(listed.uid)
      if (source === undefined || source.length >= limits.smallBytes) alone.push(listed)
      else reading.push(whole(where, listed, source, options).then((message) => done.set(listed.uid, message)))
    }
  }
  await Promise.all(reading)
  for (const listed of [...alone, ...wanted.filter((each) => !isSmall(each))]) {
    const message = await fetchAlone(connection, where, listed, options)
    if (message) done.set(listed.uid, message)
  }
  return wanted.flatMap(({ uid }) => done.get(uid) ?? [])

  function isSmall({ claimedBytes }: Listed): boolean {
    // Half of the limit, because claimed sizes are wrong in both directions.
    return claimedBytes < limits.smallBytes / 2
  }
}

function* batches(wanted: readonly Listed[], { batchBytes, batchCount }: BodyLimits): Generator<Listed[]> {
  let batch: Listed[] = []
  let bytes = 0
  for (const each of wanted) {
    if (batch.length > 0 && (batch.length >= batchCount || bytes + each.claimedBytes > batchBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(each)
    bytes += each.claimedBytes
  }
  if (batch.length > 0) yield batch
}

/**
 * Fetches a batch. Missing messages are requested again one by one, because a damaged message makes some servers refuse
 * the whole batch.
 */
async function fetchTogether(
  connection: ImapConnection,
  batch: readonly Listed[],
  { smallBytes }: BodyLimits,
): Promise<Map<number, Buffer>> {
  const sources = new Map<number, Buffer>()
  const asked = new Set(batch.map(({ uid }) => uid))
  try {
    const set = uidSet([...asked])
    await connection.fetch(
      set,
      { uid: true, source: { maxLength: smallBytes } },
      { byUid: true },
      ({ uid, source }) => {
        if (isBytes(source) && asked.has(uid) && !isStandIn(source)) sources.set(uid, source)
      },
    )
  } catch (error) {
    if (!isOfOneMessage(error, connection)) throw error
  }
  return sources
}

async function fetchAlone(
  connection: ImapConnection,
  where: Where,
  listed: Listed,
  options: BodiesOptions,
): Promise<RemoteMessage | undefined> {
  const { largestBytes } = options.limits
  const leave = await enterLarge()
  try {
    const source = await fetchSource(connection, listed.uid, largestBytes)
    if (source !== undefined && source.length < largestBytes) return await whole(where, listed, source, options)
    const reason = source === undefined ? 'unreadable' : 'too_big'
    const detail =
      reason === 'too_big' ? `larger than ${Math.floor(largestBytes / MB)} MB` : 'the mail server does not hand it out'
    return await byHeader(connection, where, listed, { reason, detail }, options)
  } finally {
    leave()
  }
}

/** Returns at most `maxBytes` of the source; undefined if the server returns none. */
export async function fetchSource(
  connection: ImapConnection,
  uid: number,
  maxBytes: number,
): Promise<Buffer | undefined> {
  return fetchPart(connection, uid, { maxLength: maxBytes })
}

/** Returns a part of the source; undefined if the server returns none. */
export async function fetchPart(
  connection: ImapConnection,
  uid: number,
  part: { start?: number; maxLength: number },
): Promise<Buffer | undefined> {
  let found: Buffer | undefined
  try {
    const query = { uid: true, source: part }
    await connection.fetch(String(uid), query, { byUid: true }, (row) => {
      if (row.uid === uid && isBytes(row.source) && !isStandIn(row.source)) found = row.source
    })
  } catch (error) {
    if (!isOfOneMessage(error, connection)) throw error
  }
  return found
}

async function byHeader(
  connection: ImapConnection,
  where: Where,
  listed: Listed,
  quarantine: { reason: QuarantineReason; detail: string },
  options: BodiesOptions,
): Promise<RemoteMessage | undefined> {
  let header: Buffer | undefined
  let [isThere, isNothing] = [false, false]
  const part = { key: 'HEADER', start: 0, maxLength: options.limits.headerBytes }
  try {
    const query = { uid: true, flags: true, bodyParts: [part] }
    await connection.fetch(String(listed.uid), query, { byUid: true }, ({ uid, headers, bodyParts }) => {
      if (uid !== listed.uid) return
      isThere = true
      const told = [headers, ...(bodyParts?.values() ?? [])].filter((each) => each !== undefined)
      header = told.find(isBytes) ?? header
      isNothing = told.length > 0 && header === undefined
    })
  } catch (error) {
    if (!isOfOneMessage(error, connection)) throw error
    isThere = true
  }
  // Deleted or moved since the list was made.
  if (!isThere || isNothing) return undefined
  const message = await whole(where, listed, header ?? Buffer.from('\r\n'), options)
  const { marks, source: _none, packedSource: _neither, attachments: _unknown, ...rest } = message
  return {
    ...rest,
    preview: '',
    body: { type: 'text', content: '' },
    hasAttachments: false,
    marks: { ...marks, quarantine },
  }
}

async function whole(
  where: Where,
  listed: Listed,
  source: Buffer,
  { parser, hints, now }: BodiesOptions,
): Promise<RemoteMessage> {
  const { quarantined: _told, ...parsed } = await parser.parse(source, hints)
  return {
    ...parsed,
    partial: false,
    remoteId: imapRemoteId({ ...where, uid: listed.uid }),
    folderRemoteId: where.path,
    remoteConversationId: undefined,
    flags: listed.flags,
    receivedAt: listed.receivedAt ?? parsed.sentAt ?? now(),
    source,
  }
}

/**
 * Returns true if there is a body. Servers return NIL for a message that another client expunged while the folder is
 * open. imapflow passes it on as `false`, contrary to its types (RFC 9051 §4.5).
 */
function isBytes(told: unknown): told is Buffer {
  return Buffer.isBuffer(told)
}

/** Returns true if the request was refused while the connection stayed usable: the error concerns the message. */
function isOfOneMessage(error: unknown, connection: ImapConnection): boolean {
  return error instanceof AppError && error.code === 'transports.imap_refused' && !connection.isClosed
}

async function enterLarge(): Promise<() => void> {
  if (large >= MOST_LARGE) await new Promise<void>((resolve) => waitingForLarge.push(resolve))
  else large++
  return () => {
    const next = waitingForLarge.shift()
    if (next) next()
    else large--
  }
}
