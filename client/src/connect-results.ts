import { createHmac, timingSafeEqual } from 'node:crypto'

/** Result of a connect session, which the browser of the mailbox owner brings to your return URL. */
export interface ConnectResult {
  /** Id of the session. Compare it with the one that you created for the person in this browser. */
  sub: string
  /** `open`: returned without a sign-in. `connecting`: the mailbox follows in minutes. */
  status: 'open' | 'completed' | 'connecting' | 'failed'
  /** The connected mailbox. */
  emailAccountId?: string
  /** Your own text. Compare it, too. */
  state?: string
  /** Error code, if it failed. */
  error?: string
  /** Origin of your return URL. */
  aud: string
  /** Address of Postkey. */
  iss: string
  /** Id of this result: accept each once. */
  jti: string
  /** Seconds since 1970. */
  iat: number
  exp: number
}

export type ConnectResultFault = 'missing' | 'signature' | 'audience' | 'expired'

/** The result is not a genuine one of Postkey for this return URL: don't use it. */
export class ConnectResultError extends Error {
  override readonly name = 'ConnectResultError'
  readonly fault: ConnectResultFault

  constructor(fault: ConnectResultFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export interface ReceivedConnectResult {
  /** Address that the browser opened, such as `request.url` of Node, or its parameter `postkey_result`. */
  result: string | URL
  /** `rsec_…`; the new and the previous one while a secret is replaced. */
  secret: string | readonly string[]
  /** Your return URL, or its origin. */
  returnUrl: string
  /** Time of receipt. Default: now. */
  now?: Date
}

const PARAMETER = 'postkey_result'
const SHORTEST_SECRET = 16

/**
 * Returns the content of a connect session's result, if it is signed by one of the secrets, for this return URL, and recent.
 *
 * @throws ConnectResultError if it is not
 * @throws TypeError for a secret or return URL that can't be one
 * @see RFC 7519
 */
export function verifyConnectResult({
  result,
  secret,
  returnUrl,
  now = new Date(),
}: ReceivedConnectResult): ConnectResult {
  const secrets = [secret].flat()
  if (secrets.length === 0 || secrets.some((one) => one.length < SHORTEST_SECRET)) {
    // An empty secret would accept the signatures of everyone.
    throw new TypeError('secret: rsec_ and its characters')
  }
  const audience = new URL(returnUrl).origin
  const [header, payload, signature, ...more] = tokenOf(result).split('.')
  if (!header || !payload || !signature || more.length > 0) {
    throw new ConnectResultError('missing', `The address has no ${PARAMETER}.`)
  }
  const given = Buffer.from(signature, 'base64url')
  const isGenuine = secrets.some((one) => {
    const expected = createHmac('sha256', one).update(`${header}.${payload}`).digest()
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!isGenuine) throw new ConnectResultError('signature', 'The signature of the result belongs to no secret.')
  const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as ConnectResult
  if (content.aud !== audience) throw new ConnectResultError('audience', 'The result is for another return URL.')
  if (!(content.exp > now.getTime() / 1000)) throw new ConnectResultError('expired', 'The result is too old.')
  return content
}

function tokenOf(result: string | URL): string {
  const text = String(result)
  const query = text.indexOf('?')
  // Node's `request.url` is an address without an origin.
  return query === -1 ? text : (new URLSearchParams(text.slice(query)).get(PARAMETER) ?? '')
}
