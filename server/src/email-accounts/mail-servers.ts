import { X509Certificate } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { MailServers } from '../transports/index.ts'

/** Servers with their password; kept only during a check, or until the password is stored. */
export interface ServersWithPassword {
  servers: MailServers
  password: Secret
}

/**
 * Exchange Online and outlook.com, in every cloud (docs/reference/microsoft-365.md §A.1, §E.1). They no longer accept
 * passwords.
 */
const MICROSOFT = [
  'outlook.com',
  'office365.com',
  'office365.us',
  'office.com',
  'hotmail.com',
  'live.com',
  'msn.com',
  'partner.outlook.cn',
  'apps.mil',
]

/**
 * Checks that a password may be sent to these servers.
 *
 * @throws {AppError} `email_accounts.microsoft_needs_sign_in`, `…tls_needed`, `…ca_malformed`
 */
export function checkServers(
  { imap, smtp, ca }: MailServers,
  {
    isDeclared,
    isMicrosoft = () => false,
  }: { isDeclared: (host: string, port: number) => boolean; isMicrosoft?: (host: string) => boolean },
): void {
  for (const [name, { host, port, tls }] of Object.entries({ imap, smtp })) {
    const lower = host.toLowerCase().replace(/\.$/, '')
    const isOf = (domain: string) => lower === domain || lower.endsWith(`.${domain}`)
    if (MICROSOFT.some(isOf) || isMicrosoft(lower)) {
      throw new AppError('email_accounts.microsoft_needs_sign_in', { field: `servers.${name}.host`, detail: host })
    }
    if (tls === 'none' && !isDeclared(host, port)) {
      throw new AppError('email_accounts.tls_needed', { field: `servers.${name}.tls`, detail: `${host}:${port}` })
    }
  }
  if (ca !== undefined) checkAuthorities(ca)
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function checkAuthorities(ca: string): void {
  const certificates = ca.match(PEM) ?? []
  const isFine = certificates.length > 0 && ca.replaceAll(PEM, '').trim() === '' && certificates.every(isAuthority)
  if (!isFine) throw new AppError('email_accounts.ca_malformed', { field: 'servers.ca' })
}

/** Returns true for a CA certificate, or for a self-signed server certificate. */
function isAuthority(pem: string): boolean {
  try {
    const certificate = new X509Certificate(pem)
    return certificate.ca || certificate.checkIssued(certificate)
  } catch {
    return false
  }
}
