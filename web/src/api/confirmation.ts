/**
 * Actions for which the server wants a fresh proof of identity. The request waits while the user confirms, and is then
 * sent again: no scene has to handle it, and nothing typed is lost.
 */
import type { Problem } from './generated/types.gen.ts'

const CODE: Problem['code'] = 'http.fresh_sign_in_required'

/** Asks the user; resolves with false when they cancel. */
type Ask = () => Promise<boolean>

let ask: Ask | undefined
let asking: Promise<boolean> | undefined

/** Registers the dialog. Returns a function that removes it. */
export function onConfirmationNeeded(called: Ask): () => void {
  ask = called
  return () => {
    if (ask === called) ask = undefined
  }
}

/** True for the refusal that the user sees after canceling. */
export function needsConfirmation({ code }: Problem): boolean {
  return code === CODE
}

/** Sends a request. If the server wants a confirmation, it is sent again after the user has confirmed. */
export async function sendConfirmed(
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  // A body can be sent once. Reading needs no confirmation, and files are not kept in memory twice.
  const type = request.headers.get('content-type')
  const copy = request.method !== 'GET' && (type === null || type.includes('json')) ? request.clone() : undefined
  const response = await send(request)
  if (copy === undefined || response.status !== 403 || !(await isRefusal(response.clone()))) return response
  // One question for several requests.
  asking ??= (ask?.() ?? Promise.resolve(false)).finally(() => (asking = undefined))
  return (await asking) ? send(copy) : response
}

async function isRefusal(response: Response): Promise<boolean> {
  try {
    return ((await response.json()) as Partial<Problem>).code === CODE
  } catch {
    return false
  }
}
