/** Mail servers of a run: one file per protocol. */
import type { Random } from './random.ts'

export const ROADS = ['graph-sandbox', 'imap-sandbox', 'dovecot-postfix'] as const
export type RoadName = (typeof ROADS)[number]

export interface RoadAccount {
  id: string
  address: string
}

/** A letter that was delivered. */
export interface Letter {
  number: number
  account: number
  thread: number
  /** Without `<>`. */
  messageId: string
  fate: 'readable' | 'elsewhere'
  /** When the mail server had it: `performance.now()`. */
  deliveredAt: number
}

export interface RoadFault {
  name: string
  options: Readonly<Record<string, unknown>>
}

export interface Road {
  /** Steps at which processes may be ended, with the last useful occurrence. */
  steps: Readonly<Record<string, number>>
  faults: readonly RoadFault[]
  /** For the environment of each server. */
  environment: Record<string, string>
  /** Signs in, associates the mailboxes and chooses the folders that are read. */
  connect(firstAdminLink: string): Promise<{ key: string; accounts: RoadAccount[] }>
  /** Resolves when the server has it, with its Message-ID; `before` are those of the thread, oldest first. */
  deliver(letter: { number: number; account: number; before: readonly string[] }): Promise<string>
  /** Another client of the mailbox, who says what became of it. Nothing when the letter is not where it was. */
  deed(deed: 'read' | 'move' | 'move-away' | 'append-again', letter: Letter): Promise<void>
  switchOn(fault: RoadFault, random: Random): Promise<void>
  /** All that were switched on. */
  switchOff(): void
  /** Lets both sides be so much later. */
  move(byMs: number): void
  /** So that what comes from now on is later than what came before, by the second. */
  nextRound(): Promise<void>
  /** Cuts every connection to the mail servers; answers how many. */
  cut(): number
  /** Silences every connection to the mail servers; returns how many. */
  silence(): number
  /** By Message-ID, how far it was when the connection ended by which it went out; empty where a server can be asked. */
  readonly broken: ReadonlyMap<string, string>
  /** All that came to the people outside. */
  arrivals(): Promise<{ number: number; messageId: string }[]>
  /** Submissions in the Sent folder of each account, once per copy. */
  sentCopies(): Promise<{ account: number; number: number }[]>
  /** Letters that lie in the folder that is not read. */
  lyingElsewhere(): Promise<number[]>
  /** Logs of the mail servers by name, kept when something is broken; empty where the server is Postkey's sandbox. */
  logs(): Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface RoadDeps {
  folder: string
  /** Address of Postkey. */
  address: string
  databaseUrl: string
  /** SMTP waits ten minutes for the answer to a message (RFC 5321 §4.5.3.2.6), which only a long run can afford. */
  silencesSmtp: boolean
}

/** Told in subject and text, so that either can be looked at. */
export const letterName = (number: number) => `Letter ${String(number).padStart(5, '0')}`
export const submissionName = (number: number) => `Answer ${String(number).padStart(5, '0')}`
export const CUSTOMER = 'kim@customer.example'

/** The number that a subject tells; undefined when it is none of ours. */
export function numberIn(what: 'Letter' | 'Answer', subject: string): number | undefined {
  const number = new RegExp(`\\b${what} (\\d{5})\\b`).exec(subject)?.[1]
  return number === undefined ? undefined : Number(number)
}
