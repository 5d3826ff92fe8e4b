import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ServerAddress } from '../../kernel/server-address.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { AccessToken } from '../access-token.ts'

/** The server that sends, and whom it trusts. */
export interface SmtpServer extends ServerAddress {
  /** Certificate authorities (PEM) that are trusted besides those of Node. */
  ca?: readonly string[] | undefined
}

/** Who hands messages over. */
export type SmtpLogin =
  | {
      by: 'token'
      /** `user=` of XOAUTH2: whose right to send counts. */
      userName: string
      /** Must be one of the resource `exchange`. */
      accessToken: () => Promise<AccessToken>
      /** Hears of a token that the server refused. */
      discard: (token: AccessToken) => Promise<void>
    }
  | { by: 'password'; userName: string; password: () => Promise<Secret> }

/** What is shown to the server. Lives as long as the login takes, and no longer. */
export type Proof = { token: Secret } | { password: Secret }

/**
 * The login as nodemailer takes it. XOAUTH2 is ours, because its own asks for another token after a refusal, on the same
 * connection, and forgets what the server said.
 *
 * @see docs/reference/microsoft-365.md §E.2, §E.3
 */
export function authOf(userName: string, proof: Proof): SMTPConnection.AuthenticationType {
  // Without something there it would try a password instead.
  const ours = { user: userName, method: 'XOAUTH2', oauth2: {} } as SMTPConnection.AuthenticationType
  if ('token' in proof) return ours
  return { credentials: { user: userName, pass: proof.password.reveal() } }
}

/** All that goes to the server, as it is written there. */
export function proofsOf(userName: string, proof: Proof): string[] {
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
      // Others than Exchange say why in a challenge, and want an empty line before they refuse (RFC 7628 §3.2.3).
      if (answer.status === 334) answer = await dialogue.sendCommand('')
      if (answer.status === 235) dialogue.resolve()
      else dialogue.reject(new Error('the access token was refused'))
    },
  }
}
