/** Inputs of the composition root, and the services that it returns. */
import type { Clouds, CloudProviders } from './cloud-providers/index.ts'
import type { Config } from './config.ts'
import type { Database } from './database/index.ts'
import type { WatchedVolume } from './disk-space/index.ts'
import type { Epoch } from './epoch/index.ts'
import type { Clock } from './kernel/clock.ts'
import type { EgressOptions } from './kernel/egress.ts'
import type { KeyRecords } from './kernel/key-ring.ts'
import type { Log } from './kernel/log.ts'
import type { Keys } from './keys.ts'
import type { Closing, Phase } from './process/index.ts'
import type { Transports } from './transports/index.ts'

/** Configuration, storage and keys that all rooms share. */
export interface Foundation extends Keys {
  config: Pick<
    Config,
    | 'databaseUrl'
    | 'publicUrl'
    | 'securityContact'
    | 'corsOrigins'
    | 'alertHosts'
    | 'mailHosts'
    | 'signInHosts'
    | 'imapCompression'
    | 'silentAfterMs'
    | 'stateFile'
    | 'retentionDays'
    | 'backups'
    | 'backupOverdueMs'
    | 'auditFile'
    | 'auditSyslog'
  >
  version: string
  log: Log
  clock: Clock
  database: Database
  clouds: Clouds
  keyRecords: KeyRecords
  /** Collects everything that holds connections. The server adds a service when it starts it. */
  closing: Closing
  /** Folders whose free space is watched. */
  folders?: readonly WatchedVolume[] | undefined
}

/** Parts that tests and a start beside the sandbox replace. */
export interface Overrides {
  epoch?: Epoch
  /** Clock of people's sessions. */
  sessionClock?: Clock
  /** Limits of connections to Microsoft and to alert receivers, merged into the defaults. */
  network?: Partial<EgressOptions>
  parserThreads?: number
  cloudProviders?: (cloudProviders: CloudProviders) => CloudProviders
  transports?: (transports: Transports) => Transports
}

/** A room with recurring work, and the shutdown phase in which that work stops. */
export interface Service {
  name: string
  phase: Phase
  room: { start(): void | Promise<void>; stop(): Promise<void> }
}
