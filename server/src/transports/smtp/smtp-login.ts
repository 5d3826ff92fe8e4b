import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ServerAddress } from '../../kernel/server-address.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { TransportToken } from '../access-token.ts'

/** The submission server and the certificate authorities to trust. */
export interface SmtpServer extends ServerAddress {
  /** Certificate authorities (PEM) trusted in addition to those of Node. */
  ca?: readonly string[] | undefined
}

/** Credentials for submission. */
export type SmtpLogin =
  | {
      by: 'token'
      /** `user=` of XOAUTH2: the mailbox whose permission to send applies. */
      userName: string
      /** Returns an access token for the resource `exchange`. */
      accessToken: () => Promise<TransportToken>
      /** Reports a token that the server refused. */
      discard: (token: TransportToken) => Promise<void>
    }
  | { by: 'password'; userName: string; password: () => Promise<Secret> }

/** Secret for the login. Kept only until the login ends. */
export type Proof = { token: Secret } | { password: Secret }

/**
 * Login parameters for nodemailer. XOAUTH2 is our own implementation: nodemailer's would request another token on the
 * same connection after a refusal, and lose the server's reply.
 *
 * @see docs/reference/microsoft-365.md §E.2, §E.3
 */
export function toAuthentication(userName: string, proof: Proof): SMTPConnection.AuthenticationType {
  // Without this field, nodemailer would try a password instead.
  const ours = { user: userName, method: 'XOAUTH2', oauth2: {} } as SMTPConnection.AuthenticationType
  if ('token' in proof) return ours
  return { credentials: { user: userName, pass: proof.password.reveal() } }
}

/** All forms in which credentials are sent to the server. */
export function listProofForms(userName: string, proof: Proof): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  if ('token' in proof) return [proof.token.reveal(), base64(responseOf(userName, proof.token))]
  const password = proof.password.reveal()
  return [password, base64(password), base64(`\u0000${userName}\u0000${password}`)]
}

function responseOf(userName: string, token: Secret): string {
  return `user=${userName}\u0001auth=Bearer ${token.reveal()}\u0001\u0001`
}

export function xoauth2(userName: string, proof: Proof): SMTPConnection.CustomAuthenticationHandlers {
  if (!('token' in proof)) return {}
  return {
    async XOAUTH2(dialogue) {
      const response = responseOf(userName, proof.token)
      let answer = await dialogue.sendCommand(`AUTH XOAUTH2 ${Buffer.from(response).toString('base64')}`)
      // Servers other than Exchange give the reason in a challenge and expect an empty line before they refuse (RFC
      // 7628 §3.2.3).
      if (answer.status === 334) answer = await dialogue.sendCommand('')
      if (answer.status === 235) dialogue.resolve()
      else dialogue.reject(new Error('the access token was refused'))
    },
  }
}
