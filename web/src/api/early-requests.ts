/** Requests that the page sends while its code is still being loaded. */

/** Age after which a response is not used: the page takes its clock from it (`clock.ts`). */
const LONGEST_MS = 4_000
const SESSION = '/v1/session'
/** Pages of guests, who need no session. */
const OF_GUESTS = /^\/(join|work-order|sign-in-link|connect)(\/|$)/
/** The inbox, also with an opened conversation. */
const INBOX = /^\/inbox(\/|$)/

interface EarlyRequestsDeps {
  location: Pick<Location, 'pathname' | 'search'>
  fetch: (url: string) => Promise<Response>
  /** Monotonic time in milliseconds. */
  now: () => number
}

/**
 * Requests the session, and the first page of the inbox after it: the live events continue after the event that the
 * session names, so data must not be older than the session.
 *
 * @returns a `fetch` for the API client, which takes each of these responses once
 */
export function requestEarly({ location: { pathname, search }, fetch, now }: EarlyRequestsDeps) {
  const requested = new Map<string, { response: Promise<Response>; at: number }>()
  /** True when the application has requested the session itself. */
  let isOver = false

  function request(url: string): Promise<Response> {
    const response = fetch(url)
    // The request of the application follows and reports the failure.
    response.catch(() => undefined)
    requested.set(url, { response, at: now() })
    return response
  }

  async function requestAll(): Promise<void> {
    const { ok } = await request(SESSION)
    const list = INBOX.test(pathname) ? listOf(search) : undefined
    if (ok && list !== undefined && !isOver) await request(list)
  }

  if (!OF_GUESTS.test(pathname)) requestAll().catch(() => undefined)

  return async (wanted: Request, send: (request: Request) => Promise<Response>): Promise<Response> => {
    const { pathname, search } = new URL(wanted.url)
    const early = wanted.method === 'GET' ? requested.get(pathname + search) : undefined
    requested.delete(pathname + search)
    const isUsed = early !== undefined && now() - early.at <= LONGEST_MS
    if (isUsed && pathname !== SESSION) return early.response.catch(() => send(wanted))
    const anew = () => {
      // Live events continue after the event that this session names, so an earlier list would miss those before.
      if (pathname === SESSION) {
        isOver = true
        requested.clear()
      }
      return send(wanted)
    }
    return isUsed ? early.response.catch(anew) : anew()
  }
}

/** Address of the list that the inbox shows, as the API client writes it; undefined for a search. */
function listOf(search: string): string | undefined {
  const parameters = new URLSearchParams(search)
  if (parameters.has('q')) return undefined
  const [view, account] = [parameters.get('view') ?? 'open', parameters.get('account')]
  const isPlain = /^[a-z]+$/.test(view) && /^[\da-f-]*$/.test(account ?? '')
  if (!isPlain) return undefined
  return `/v1/conversations?view=${view}${account ? `&emailAccountId=${account}` : ''}`
}
