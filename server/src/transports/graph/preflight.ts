import { AppError } from '../../kernel/errors.ts'
import type { PreflightCheck, PreflightResult } from '../mail-transport.ts'
import type { GraphFolders } from './folders.ts'
import { type GraphClient, segment } from './graph-client.ts'
import { failedCheck } from '../failed-check.ts'
import { asWire, list } from './wire.ts'

type CheckOutcome = Omit<PreflightCheck, 'what'>

const OK: CheckOutcome = { outcome: 'ok' }
const ABSENT = ['transports.mailbox_not_found', 'transports.mailbox_not_enabled']

/**
 * Checks the permissions of a sign-in for a mailbox, without changing the mailbox.
 *
 * Write access is tried on a nonexistent message: Exchange checks permissions first, so "not found" proves access.
 * Errors of a real submission, above all a missing Send As, appear only then, so sending is never reported as ok here.
 */
export async function preflight(client: GraphClient, folders: GraphFolders): Promise<PreflightResult> {
  const reads = await checkOf(readOne)
  const isAbsent = reads.code !== undefined && ABSENT.includes(reads.code)
  const exists = isAbsent ? reads : reads.outcome === 'ok' ? OK : notTried()
  const writes = reads.outcome === 'ok' ? await checkOf(writeNothing) : notTried()
  return {
    checks: [
      { what: 'exists', ...exists },
      { what: 'reads', ...(isAbsent ? notTried() : reads) },
      { what: 'writes', ...writes },
      { what: 'sends', ...notTried() },
    ],
  }

  async function readOne(): Promise<void> {
    const inbox = await folders.idOf('inbox')
    if (inbox === undefined) throw new AppError('transports.mailbox_not_enabled')
    const url = client.mailbox(`/mailFolders/${segment(inbox)}/messages?$top=1&$select=id,body`)
    const [message] = list(asWire(await client.json({ url, lane: 'sync', maxBytes: 160 * 1024 * 1024 })), 'value')
    // Mail.ReadBasic allows access but leaves out the text.
    if (message && message['body'] === undefined) throw new AppError('transports.access_denied')
  }

  async function writeNothing(): Promise<void> {
    const nowhere = Buffer.from(crypto.getRandomValues(new Uint8Array(96))).toString('base64url')
    const url = client.mailbox(`/messages/${segment(nowhere)}`)
    try {
      await client.json({ method: 'PATCH', url, lane: 'sync', body: { isRead: true } })
    } catch (error) {
      const letIn = ['transports.item_gone', 'transports.request_refused']
      if (!(error instanceof AppError) || !letIn.includes(error.code)) throw error
    }
  }
}

async function checkOf(trial: () => Promise<void>): Promise<CheckOutcome> {
  try {
    await trial()
    return OK
  } catch (thrown) {
    // Only errors from Microsoft are results; internal errors are rethrown.
    if (!(thrown instanceof AppError)) throw thrown
    return failedCheck(thrown)
  }
}

function notTried(): CheckOutcome {
  return { outcome: 'not-tried' }
}
