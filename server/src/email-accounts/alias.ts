import { storedReason, type ErrorCode } from '../kernel/errors.ts'

/** Another address of a mailbox. What is sent to it arrives there, and bears it in From when it answers. */
export interface Alias {
  address: string
  /** `server`: it was told by the server. `admin`: somebody entered it. */
  source: 'server' | 'admin'
  /** What a test mail from it showed. */
  trial: AliasTrial | undefined
}

export interface AliasTrial {
  at: Date
  outcome: 'ok' | 'wrong'
  code?: ErrorCode | undefined
  title?: string | undefined
  fix?: string | undefined
  /** What the server said. */
  detail?: string | undefined
  /** The server takes it in From, and hands mail over with the mailbox's own address alone (RFC 5321 §4.1.1.2). */
  envelope?: 'mailbox' | undefined
}

export type StoredAlias = Pick<Alias, 'address' | 'source'> & {
  trial?: (Pick<AliasTrial, 'code' | 'detail' | 'envelope'> & { at: string }) | undefined
}

export function aliasesOf(stored: unknown): Alias[] {
  return (stored as StoredAlias[]).map(({ address, source, trial }) => {
    if (!trial) return { address, source, trial: undefined }
    const { at, code, detail, envelope } = trial
    if (code === undefined) return { address, source, trial: { at: new Date(at), outcome: 'ok', envelope } }
    const { title, fix } = storedReason(code)
    return { address, source, trial: { at: new Date(at), outcome: 'wrong', code, title, fix, detail } }
  })
}
