import type { Secret } from '../../kernel/secret.ts'
import type { ServerAddress } from '../../kernel/server-address.ts'
import type { AccessToken } from '../access-token.ts'

export interface ImapServer extends ServerAddress {
  /** Certificate authorities (PEM) that are trusted besides those of Node. */
  ca?: readonly string[] | undefined
}

/** By what the mailbox is opened. */
export type ImapLogin =
  | {
      by: 'token'
      /** The mailbox: with the token of a delegate it is not the one who signed in (XOAUTH2 `user=`). */
      userName: string
      /** Must be one of the resource `exchange`. */
      accessToken: () => Promise<AccessToken>
      /** Hears of a token that the server refused. */
      discard: (token: AccessToken) => Promise<void>
      /** Who opens: themselves, somebody with a right on it, or the application. Chooses words for people. */
      opener: 'owner' | 'delegate' | 'application'
    }
  | { by: 'password'; userName: string; password: () => Promise<Secret> }
