import type { ParseArgsOptionsConfig } from 'node:util'
import type { CloudProviders, KeyRotation } from '../cloud-providers/index.ts'
import type { Doctor } from '../doctor/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Grants } from '../tokens/index.ts'

/** Interfaces of rooms that verbs use. */
export interface CliRooms {
  clock: Clock
  publicUrl: URL
  cloudProviders: CloudProviders
  grants: Grants
  emailAccounts: EmailAccounts
  doctor: Doctor
  keyRotation: KeyRotation
}

export interface CliOpenOptions {
  /** Id of a key that is lost permanently. Without it, an installation whose key is missing cannot be opened. */
  giveUpKey?: string
}

export interface OpenedInstallation {
  rooms: CliRooms
  close: () => Promise<void>
}

/** Exit codes of the command line. */
export const EXIT = {
  fine: 0,
  /** The verb succeeded and found a problem. */
  foundTrouble: 1,
  usage: 2,
  /** The verb failed. */
  failed: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface VerbCall {
  /** Arguments after the verb, without options. */
  operands: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
  /** Prints only JSON, for programs. */
  json: boolean
  /** Opens database, keys and rooms; they are closed after the verb. */
  open: (options?: CliOpenOptions) => Promise<CliRooms>
  clock: Clock
  print: (text: string) => void
}

export interface Verb {
  name: string
  /** Usage after `postkey`, for example `doctor [account]`. */
  usage: string
  /** Description of the verb in one sentence. */
  sentence: string
  /** One line each, for `postkey <verb> --help`. */
  details?: readonly string[]
  options?: ParseArgsOptionsConfig
  mostOperands: number
  run: (call: VerbCall) => Promise<ExitCode>
}
