/**
 * Replies of Exchange's submission servers, verbatim where docs/reference/microsoft-365.md §E.5 and §E.6 contain them.
 */
import { randomBytes } from 'node:crypto'

/** One of Microsoft's front ends; it varies with every connection there. */
export const HOST = 'FR0P281CA0123.outlook.office365.com'

export const BASIC_DISABLED = '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.'
export const CONCURRENT =
  '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. ' +
  `[Hostname=${HOST}]`
/**
 * Reply above 30 messages a minute. Microsoft's pages disagree whether these are refused or delayed; this is its busy
 * reply.
 */
export const TOO_FAST = '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'
export const NOT_AS_SENDER = '550 5.7.60 SMTP; Client does not have permissions to send as this sender'
/** Not in the reference; the code is RFC 4954's for an unsupported mechanism. */
export const NO_SUCH_MECHANISM = '504 5.7.4 Unrecognized authentication type'
export const UNAUTHENTICATED = '5.7.57 Client not authenticated to send mail'

export function disabledFor(whom: 'Tenant' | 'Mailbox'): string {
  return (
    `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${whom}. ` +
    'Visit https://aka.ms/smtp_auth_disabled for more information.'
  )
}

export function unsuccessful(at: Date): string {
  return `535 5.7.3 Authentication unsuccessful [${HOST} ${at.toISOString()} ${sessionId()}]`
}

export function sendAsDenied(user: string, from: string): string {
  return (
    `554 5.2.252 SendAsDenied; ${user} not allowed to send as ${from}; STOREDRV.Submission.Exception:` +
    'SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception'
  )
}

/** `08DC2D372B4C3DED`: the id of a session in Exchange's logs. */
export function sessionId(): string {
  return `08DE${randomBytes(6).toString('hex').toUpperCase()}`
}

/** A reply that ends the current command; smtp-server sends the properties of the error. */
export class Reply extends Error {
  readonly responseCode: number

  /** @param line `550 5.7.60 SMTP; …` */
  constructor(line: string) {
    super(line.slice(4))
    this.responseCode = Number(line.slice(0, 3))
  }
}
