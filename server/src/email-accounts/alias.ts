import { storedReason, type ErrorCode } from '../kernel/errors.ts'

/** Another address of a mailbox. Answers to mail sent to it use it in From. */
export interface Alias {
  address: string
  /** `server`: reported by the server. `admin`: entered by an admin. */
  source: 'server' | 'admin'
  /** Result of a test mail from this address. */
  trial: AliasTrial | undefined
}

export interface AliasTrial {
  at: Date
  outcome: 'ok' | 'wrong'
  code?: ErrorCode | undefined
  title?: string | undefined
  fix?: string | undefined
  /** Reply of the server. */
  detail?: string | undefined
  /**
   * The server accepts the address in From, but only the mailbox's own address as envelope sender (RFC 5321 §4.1.1.2).
   */
  envelope?: 'mailbox' | undefined
}

export type StoredAlias = Pick<Alias, 'address' | 'source'> & {
  trial?: (Pick<AliasTrial, 'code' | 'detail' | 'envelope'> & { at: string }) | undefined
}

export function parseAliases(stored: unknown): Alias[] {
  return (stored as StoredAlias[]).map(({ address, source, trial }) => {
    if (!trial) return { address, source, trial: undefined }
    const { at, code, detail, envelope } = trial
    if (code === undefined) return { address, source, trial: { at: new Date(at), outcome: 'ok', envelope } }
    const { title, fix } = storedReason(code)
    return { address, source, trial: { at: new Date(at), outcome: 'wrong', code, title, fix, detail } }
  })
}
