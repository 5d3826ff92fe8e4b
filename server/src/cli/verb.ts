import type { ParseArgsOptionsConfig } from 'node:util'
import type { CloudProviders, KeyRotation } from '../cloud-providers/index.ts'
import type { Doctor } from '../doctor/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Grants } from '../tokens/index.ts'

/** The doors that verbs come in by. */
export interface CliRooms {
  clock: Clock
  publicUrl: URL
  cloudProviders: CloudProviders
  grants: Grants
  emailAccounts: EmailAccounts
  doctor: Doctor
  keyRotation: KeyRotation
}

export interface OpeningWish {
  /** The id of a key that is lost for good: without that said, nothing opens. */
  giveUpKey?: string
}

export interface OpenedInstallation {
  rooms: CliRooms
  close: () => Promise<void>
}

/** What a shell learns. */
export const EXIT = {
  fine: 0,
  /** The verb did its work and found something wrong. */
  foundTrouble: 1,
  usage: 2,
  /** It could not do its work. */
  failed: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface VerbCall {
  /** What follows the verb, options taken out. */
  operands: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
  /** Machines read: print JSON and nothing else. */
  json: boolean
  /** Opens database, keys and rooms; they are closed after the verb. */
  open: (options?: OpeningWish) => Promise<CliRooms>
  clock: Clock
  print: (text: string) => void
}

export interface Verb {
  name: string
  /** After `postkey`: `doctor [account]`. */
  usage: string
  /** What it does, as a sentence. */
  sentence: string
  /** One line each, for `postkey <verb> --help`. */
  details?: readonly string[]
  options?: ParseArgsOptionsConfig
  mostOperands: number
  run: (call: VerbCall) => Promise<ExitCode>
}
