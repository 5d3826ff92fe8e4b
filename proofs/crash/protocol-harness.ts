/** Mail servers of a run: one file per protocol. */
import type { Random } from './random.ts'

export const PROTOCOLS = ['graph-sandbox', 'imap-sandbox', 'dovecot-postfix'] as const
export type ProtocolName = (typeof PROTOCOLS)[number]

export interface ProtocolAccount {
  id: string
  address: string
}

/** A delivered letter. */
export interface Letter {
  number: number
  account: number
  thread: number
  /** Without `<>`. */
  messageId: string
  fate: 'readable' | 'elsewhere'
  /** Another client copied it and deleted the first one: if Postkey moves that in between, both stay. */
  mayBeTwo?: boolean
  /** Another client moved it. */
  isMovedByOther?: boolean
  /** Another client moved it to a folder that is not read. */
  wasOutside?: boolean
  /** Time at which the mail server had it: `performance.now()`. */
  deliveredAt: number
}

export interface ProtocolFault {
  name: string
  options: Readonly<Record<string, unknown>>
}

export interface ProtocolHarness {
  /** Steps at which processes may be ended, with the last useful occurrence. */
  steps: Readonly<Record<string, number>>
  faults: readonly ProtocolFault[]
  /** Environment of each server. */
  environment: Record<string, string>
  /** Signs in, associates the mailboxes and selects the folders. */
  connect(firstAdminLink: string): Promise<{ key: string; observerKey: string; accounts: ProtocolAccount[] }>
  /** Resolves with the Message-ID when the server has it; `before` are those of the thread, oldest first. */
  deliver(letter: { number: number; account: number; before: readonly string[] }): Promise<string>
  /** Applies an action of another client; returns the result. Undefined when the letter is not where it was. */
  action(action: 'read' | 'move' | 'move-away' | 'append-again' | 'discard', letter: Letter): Promise<void>
  switchOn(fault: ProtocolFault, random: Random): Promise<void>
  /** Turns off all faults. */
  switchOff(): void
  /** Advances the clock of both sides. */
  move(byMs: number): void
  /** Waits so that mail of the next round has later seconds than that of this one. */
  nextRound(): Promise<void>
  /** Cuts every connection to the mail servers; returns their number. */
  cut(): number
  /** Silences every connection to the mail servers; returns their number. */
  silence(): number
  /** Stage of a message when its outgoing connection ended, by Message-ID; empty where the server can be queried. */
  readonly broken: ReadonlyMap<string, string>
  /** All messages that arrived outside. */
  arrivals(): Promise<{ number: number; messageId: string }[]>
  /** Submissions in the Sent folder of each account, once per copy. */
  sentCopies(): Promise<{ account: number; number: number }[]>
  /** Letters in the folders that are not read: another one, and Deleted Items. */
  lyingElsewhere(): Promise<number[]>
  /** All letters on the mail server, once per copy, with the names of their folders. */
  letters(): Promise<{ number: number; folder: string; isRead: boolean }[]>
  /** Logs of the mail servers by name, kept when a promise is broken; empty for the sandbox. */
  logs(): Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface HarnessDeps {
  folder: string
  /** Address of Postkey. */
  address: string
  databaseUrl: string
  /** SMTP waits ten minutes for the response to a message (RFC 5321 §4.5.3.2.6), which only a long run can afford. */
  silencesSmtp: boolean
}

/** Name of Deleted Items in facts, whatever its name on the server. */
export const DELETED_ITEMS = 'Deleted Items'

/** Given in subject and text, so that either can be checked. */
export const letterName = (number: number) => `Letter ${String(number).padStart(5, '0')}`
export const submissionName = (number: number) => `Answer ${String(number).padStart(5, '0')}`
export const CUSTOMER = 'kim@customer.example'

/** Number in a subject; undefined in a foreign one. */
export function numberIn(what: 'Letter' | 'Answer', subject: string): number | undefined {
  const number = new RegExp(`\\b${what} (\\d{5})\\b`).exec(subject)?.[1]
  return number === undefined ? undefined : Number(number)
}
