import type { Clock } from '../../kernel/clock.ts'
import type { MailTransport } from '../mail-transport.ts'
import type { CallBudget } from './call-budget.ts'
import type { AccessToken, Egress } from './graph-client.ts'

export interface GraphTransportOptions {
  /** Its `graphRoot` is the only origin that ever sees the access token. */
  cloud: { graphRoot: string }
  egress: Egress
  clock: Clock
  /** Must be the token of the resource `graph`. */
  accessToken: () => Promise<AccessToken>
  /** Hears of a token that Graph refused, and of the claims it wants in the next one (CAE). */
  discard: (token: AccessToken, claims?: string) => Promise<void>
  /** The mailbox of the person who signed in is `me`; every other one is named by its address or id. */
  mailboxAddress: string
  /** One per mailbox, whoever asks it. */
  budget: CallBudget
}

export declare function createGraphTransport(options: GraphTransportOptions): MailTransport
