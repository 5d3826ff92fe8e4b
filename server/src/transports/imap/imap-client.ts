/**
 * The only file that creates an IMAP client, enforced by a lint rule. An `ImapFlow` whose `error` event has no listener
 * ends the process with all its mailboxes, so the listener is added first.
 */
import { ImapFlow } from 'imapflow'

/** Limits beyond any valid response. If exceeded, the connection is closed and the response discarded. */
export const LIMITS = {
  /** One message with the rest of its response. */
  literalBytes: 64 * 1024 * 1024,
  responseBytes: 72 * 1024 * 1024,
  /** A line without literals: large enough for 2,000 flags and a long SEARCH response. */
  lineBytes: 1024 * 1024,
  responseTokens: 200_000,
} as const

const CONNECT_MS = 20_000
const GREETING_MS = 20_000
/** After this time, the library sends NOOP during IDLE and leaves it. Postkey has its own timeouts. */
const LIBRARY_SILENCE_MS = 60 * 60_000

export interface ImapClientOptions {
  /** Address that the egress guard has checked; the name is not resolved again. */
  address: string
  /** Name in the certificate; undefined for an IP address. */
  serverName: string | undefined
  port: number
  tls: 'implicit' | 'starttls' | 'none'
  ca: readonly string[] | undefined
  auth: { user: string; pass?: string; accessToken?: string }
  /** Uses DEFLATE (RFC 4978) if offered: less traffic, but fifteen times the CPU time. */
  compression: boolean
  /** Called for all errors, including those without a pending request. */
  onError: (error: Error) => void
  /** Called when the server requests a pause, before the library waits for it. */
  onThrottled: (ms: number) => void
  /** Called for a refusal that the library does not report, such as of its commands after the sign-in. */
  onRefusal: (refusal: RefusedCommand) => void
}

/** A refused command, with the fields that `imapError` reads. */
export type RefusedCommand = Error & { responseText: string }

export function createImapClient(options: ImapClientOptions): ImapFlow {
  const { address, serverName, port, tls, ca, auth, compression, onError, onThrottled, onRefusal } = options
  const client = new ImapFlow({
    host: address,
    port,
    ...(serverName !== undefined && { servername: serverName }),
    secure: tls === 'implicit',
    doSTARTTLS: tls === 'starttls',
    tls: { minVersion: 'TLSv1.2', ...(ca && ca.length > 0 && { ca: [...ca] }) },
    auth,
    // The library would start IDLE fifteen seconds after the last command, which delays new mail.
    disableAutoIdle: true,
    disableCompression: !compression,
    // Exchange offers it in some tenants, with wrong responses to SEARCH and LSUB (docs/reference/microsoft-365.md
    // §E.4).
    disableIMAP4rev2: true,
    // Bodies must arrive unchanged.
    disableBinary: true,
    // Its extension list includes UTF8=ACCEPT; see `enableExtensions`.
    disableAutoEnable: true,
    clientInfo: { name: 'Postkey', vendor: false, 'support-url': false, version: false },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: LIBRARY_SILENCE_MS,
    maxLineLength: LIMITS.lineBytes,
    maxLiteralSize: LIMITS.literalBytes,
    maxResponseSize: LIMITS.responseBytes,
    maxResponseTokens: LIMITS.responseTokens,
    maxLockHoldTime: false,
    // Its log contains addresses, folder names and once contained passwords. Relevant events arrive as errors.
    logger: {
      debug: ignore,
      info: ignore,
      warn: heard,
      error: heard,
    },
  })
  client.on('error', onError)
  return client

  function heard({ throttleDelay, err }: { throttleDelay?: unknown; err?: Partial<RefusedCommand> }): void {
    if (typeof throttleDelay === 'number') onThrottled(throttleDelay)
    if (typeof err?.responseText === 'string') onRefusal(err as RefusedCommand)
  }
}

/**
 * Enables CONDSTORE and QRESYNC if offered. UTF8=ACCEPT stays off: it would change the encoding of folder names, and
 * Dovecot 2.4 confirms it but keeps modified UTF-7. Without it, all servers use modified UTF-7.
 *
 * @see RFC 6855 §3, RFC 7162 §3.2.3
 */
export async function enableExtensions(client: ImapFlow): Promise<void> {
  await (client as unknown as Raw).run('ENABLE', ['CONDSTORE', 'QRESYNC'])
}

function ignore(): void {
  // Discarded.
}

/** A response parsed by the library: an atom, a string, a list, or NIL. */
export type ResponseValue = { type: string; value?: string | Buffer | null; section?: unknown } | ResponseValue[] | null

export interface Untagged {
  command: string
  attributes?: ResponseValue[]
  /** Numbers of a SEARCH response, instead of `attributes`, because it may be long. */
  numbers?: number[]
}

interface Raw {
  run(command: 'ENABLE', extensions: readonly string[]): Promise<unknown>
  run(command: 'CLOSE', options: { unselect: boolean }): Promise<unknown>
  exec(
    command: string,
    attributes: unknown,
    options: { untagged: Record<string, (untagged: Untagged) => Promise<void>> },
  ): Promise<{ next: () => void; response: Pick<Untagged, 'attributes'> }>
  untaggedHandlers: Record<string, (untagged: Untagged) => Promise<void>>
  folders: Map<string, { path: string; delimiter: string; listed: boolean; subscribed: boolean; flags: Set<string> }>
  preCheck: (() => Promise<void>) | false
}

/**
 * Sends a single command for which the library has no method or an unsuitable one.
 *
 * @returns the tagged response
 */
export async function command(
  client: ImapFlow,
  name: string,
  attributes: readonly unknown[],
  untagged: Record<string, (untagged: Untagged) => void> = {},
): Promise<Pick<Untagged, 'attributes'>> {
  const raw = client as unknown as Raw
  const listeners = Object.entries(untagged).map(([kind, hear]) => [kind, async (each: Untagged) => hear(each)])
  const { next, response } = await raw.exec(name, attributes, { untagged: Object.fromEntries(listeners) as never })
  next()
  return response
}

/**
 * Reports only that messages vanished. The library iterates over all vanished UIDs: sixteen million for ten bytes,
 * which blocks all mailboxes for forty seconds.
 */
export function onVanished(client: ImapFlow, hear: () => void): void {
  ;(client as unknown as Raw).untaggedHandlers.VANISHED = async () => hear()
}

/**
 * Marks a folder as listed. The library would list it before opening, with a pattern in which `*` and `%` match others.
 */
export function known(client: ImapFlow, path: string): void {
  const { folders } = client as unknown as Raw
  if (!folders.has(path)) {
    folders.set(path, { path, delimiter: '', listed: true, subscribed: true, flags: new Set() })
  }
}

/** Closes the open folder without expunging: UNSELECT if offered, else CLOSE, which expunges nothing after EXAMINE. */
export async function unselect(client: ImapFlow): Promise<void> {
  await (client as unknown as Raw).run('CLOSE', { unselect: true })
}

/** Ends IDLE without another command. */
export async function breakIdle(client: ImapFlow): Promise<void> {
  const { preCheck } = client as unknown as Raw
  if (preCheck) await preCheck()
}

export const atom = (value: string) => ({ type: 'ATOM', value })
export const sequence = (value: string) => ({ type: 'SEQUENCE', value })
