import { randomBytes, randomUUID } from 'node:crypto'

/** Variant of Exchange Online's capabilities, which changed over the years and differ between its front ends. */
export type Variant = 'classic' | '2026' | 'imap4rev2'

interface Words {
  before: string
  after: string
}

const COMMON = 'SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+'
const AFTER = 'CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE'

/**
 * docs/reference/microsoft-365.md §E.4. Exchange lacks all other capabilities: CONDSTORE, SPECIAL-USE, ESEARCH, SORT…
 */
const WORDS: Record<Variant, Words> = {
  classic: {
    before: `IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 ${COMMON}`,
    after: `IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 ${COMMON} ${AFTER}`,
  },
  '2026': {
    before: `IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED ${COMMON}`,
    after: `IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED ${COMMON} ${AFTER}`,
  },
  imap4rev2: {
    before: `IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED ${COMMON}`,
    after: `IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED ${COMMON} ${AFTER} ENABLE IMAP4rev2 BACKENDAUTHENTICATE-IR`,
  },
}

export function capabilityWords(variant: Variant, isSignedIn: boolean): string {
  return WORDS[variant][isSignedIn ? 'after' : 'before']
}

/** docs/reference/microsoft-365.md §E.3. The brackets contain the name of a machine behind the proxy. */
export function formatGreeting(variant: Variant): string {
  const name = `${randomBytes(4).toString('hex').toUpperCase()}.eurp250.prod.outlook.com`
  const machine = Buffer.from(name, 'utf16le').toString('base64')
  return variant === 'classic'
    ? `* OK The Microsoft Exchange IMAP4 service is ready. [${machine}]`
    : `* OK Microsoft Exchange IMAP4 service ready. ${randomUUID()} (tcpproxy/15.21.0406.000 BACKENDAUTHENTICATE) [${machine}]`
}
