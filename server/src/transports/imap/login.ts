import type { Secret } from '../../kernel/secret.ts'
import type { ServerAddress } from '../../kernel/server-address.ts'
import type { TransportToken } from '../access-token.ts'

export interface ImapServer extends ServerAddress {
  /** Certificate authorities (PEM) trusted in addition to those of Node. */
  ca?: readonly string[] | undefined
}

/** Credentials for opening the mailbox. */
export type ImapLogin =
  | {
      by: 'token'
      /**
       * User name of the mailbox. With a delegate's token, it differs from the user who signed in (XOAUTH2 `user=`).
       */
      userName: string
      /** Returns an access token for the resource `exchange`. */
      accessToken: () => Promise<TransportToken>
      /** Reports a token that the server refused. */
      discard: (token: TransportToken) => Promise<void>
      /** Kind of principal: the owner, a person with access rights, or the application. Only affects error codes. */
      principalKind: 'owner' | 'delegate' | 'application'
    }
  | { by: 'password'; userName: string; password: () => Promise<Secret> }
