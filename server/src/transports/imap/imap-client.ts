/**
 * The only place where an IMAP client is made; a rule of the linter keeps it so. An `ImapFlow` that emits `error` with
 * nobody listening ends the process, and with it every other mailbox, so the listener is there before anything else can
 * happen to the client.
 */
import { ImapFlow } from 'imapflow'

/** Bounds that no honest answer meets: behind them the connection is closed and nothing of the answer is believed. */
export const LIMITS = {
  /** One message, and what stands around it. */
  literalBytes: 64 * 1024 * 1024,
  responseBytes: 72 * 1024 * 1024,
  /** A line without literals: 2,000 flags and a long SEARCH answer fit many times over. */
  lineBytes: 1024 * 1024,
  responseTokens: 200_000,
} as const

const CONNECT_MS = 20_000
const GREETING_MS = 20_000
/** Behind this the library says NOOP in the middle of IDLE and goes on without it; we look after silence ourselves. */
const LIBRARY_SILENCE_MS = 60 * 60_000

export interface ImapClientOptions {
  /** The address that the egress guard has looked at: the name is not asked for again. */
  address: string
  /** The name in the certificate; undefined for an address without one. */
  serverName: string | undefined
  port: number
  tls: 'implicit' | 'starttls' | 'none'
  ca: readonly string[] | undefined
  auth: { user: string; pass?: string; accessToken?: string }
  /** DEFLATE (RFC 4978), where the server offers it: saves a narrow line and costs fifteen times the processor. */
  compression: boolean
  /** Everything that goes wrong, also when nobody waits for an answer. */
  onError: (error: Error) => void
  /** The server wants silence for so long. Told before the library has waited it out. */
  onThrottled: (ms: number) => void
  /** A refusal that the library keeps to itself, such as of what it asks after the sign-in. */
  onRefusal: (text: string) => void
}

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
    // It would go into IDLE by itself, fifteen seconds after the last command: mail that comes in between waits so long.
    disableAutoIdle: true,
    disableCompression: !compression,
    // Exchange offers it in some tenants and answers SEARCH and LSUB wrongly in it (docs/reference/microsoft-365.md §E.4).
    disableIMAP4rev2: true,
    // Bodies are wanted as they came.
    disableBinary: true,
    // Its list of extensions includes UTF8=ACCEPT; see `enableExtensions`.
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
    // Its lines hold addresses and folder names, and once held passwords: what matters reaches us as an error.
    logger: {
      debug: ignore,
      info: ignore,
      warn: heard,
      error: heard,
    },
  })
  client.on('error', onError)
  return client

  function heard({ throttleDelay, err }: { throttleDelay?: unknown; err?: { responseText?: unknown } }): void {
    if (typeof throttleDelay === 'number') onThrottled(throttleDelay)
    if (typeof err?.responseText === 'string') onRefusal(err.responseText)
  }
}

/**
 * Enables CONDSTORE and QRESYNC where offered. UTF8=ACCEPT stays off: it would change the encoding of folder names, and
 * Dovecot 2.4 confirms it and keeps modified UTF-7. Without it all servers use modified UTF-7.
 *
 * @see RFC 6855 §3, RFC 7162 §3.2.3
 */
export async function enableExtensions(client: ImapFlow): Promise<void> {
  await (client as unknown as Raw).run('ENABLE', ['CONDSTORE', 'QRESYNC'])
}

function ignore(): void {
  // Nothing of it is kept.
}

/** An answer as the library takes it apart: an atom, a string, a list of them, or NIL. */
export type Answered = { type: string; value?: string | Buffer | null; section?: unknown } | Answered[] | null

export interface Untagged {
  command: string
  attributes?: Answered[]
  /** In place of those: of a SEARCH answer, which may be long. */
  numbers?: number[]
}

interface Raw {
  run(command: 'ENABLE', extensions: readonly string[]): Promise<unknown>
  run(command: 'CLOSE', options: { unselect: boolean }): Promise<unknown>
  exec(
    command: string,
    attributes: unknown,
    options: { untagged: Record<string, (untagged: Untagged) => Promise<void>> },
  ): Promise<{ next: () => void }>
  untaggedHandlers: Record<string, (untagged: Untagged) => Promise<void>>
  folders: Map<string, { path: string; delimiter: string; listed: boolean; subscribed: boolean; flags: Set<string> }>
  preCheck: (() => Promise<void>) | false
}

/** One command as it is, for what the library has no method for or does in a way that we cannot afford. */
export async function command(
  client: ImapFlow,
  name: string,
  attributes: readonly unknown[],
  untagged: Record<string, (untagged: Untagged) => void> = {},
): Promise<void> {
  const raw = client as unknown as Raw
  const listeners = Object.entries(untagged).map(([kind, hear]) => [kind, async (each: Untagged) => hear(each)])
  const { next } = await raw.exec(name, attributes, { untagged: Object.fromEntries(listeners) as never })
  next()
}

/**
 * The library walks every UID that the server says has vanished: sixteen million for ten bytes, forty seconds in which
 * no other mailbox is served. We only want to know that something did.
 */
export function onVanished(client: ImapFlow, hear: () => void): void {
  ;(client as unknown as Raw).untaggedHandlers.VANISHED = async () => hear()
}

/** The library lists a folder before it opens it, by a name in which `*` and `%` mean others; we know that it is there. */
export function known(client: ImapFlow, path: string): void {
  const { folders } = client as unknown as Raw
  if (!folders.has(path)) {
    folders.set(path, { path, delimiter: '', listed: true, subscribed: true, flags: new Set() })
  }
}

/** Closes the open folder without expunging: UNSELECT where offered, else CLOSE, which expunges nothing after EXAMINE. */
export async function unselect(client: ImapFlow): Promise<void> {
  await (client as unknown as Raw).run('CLOSE', { unselect: true })
}

/** Ends IDLE without saying anything else. */
export async function breakIdle(client: ImapFlow): Promise<void> {
  const { preCheck } = client as unknown as Raw
  if (preCheck) await preCheck()
}

export const atom = (value: string) => ({ type: 'ATOM', value })
export const sequence = (value: string) => ({ type: 'SEQUENCE', value })
