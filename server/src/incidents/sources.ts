/** Ports through which incidents read the states of other rooms, each in the transaction of its caller. */
import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'

export type StatesDb = Kysely<Schema>

export interface AccountStateNow {
  id: EmailAccountId
  name: string
  address: string
  state: string
  reason: string | undefined
  since: Date
  lostFolders: readonly LostFolderNow[]
  /** Host of the mail server, for a mailbox opened with a password. */
  mailServer: string | undefined
  cloudProviderId: CloudProviderId | undefined
  grantId: GrantId | undefined
  tenantId: string | undefined
}

/** Waiting mailbox actions. */
export interface ActionsNow {
  emailAccountId: EmailAccountId
  /** Error of the last attempt; null where none has failed. */
  code: string | null
  troubledSince: Date | null
  waitingSince: Date
}

export interface LostFolderNow {
  name: string
  /** ISO 8601. */
  at: string
  /** The server lists the folder, and refuses to open it. */
  isRefused?: boolean
}

/** A reply of a server, with the code of the state or trouble that it led to. */
export interface UpstreamOfAccount {
  emailAccountId: EmailAccountId
  code: string | null
  upstream: Upstream
}

/** The part on which mailboxes depend: a grant, a Cloud Provider, or a tenant of a Cloud Provider. */
export type Dependency =
  | { grantId: GrantId | null }
  | { cloudProviderId: CloudProviderId | null }
  | { cloudProviderId: CloudProviderId | null; tenantId: string | null; grantIds: readonly GrantId[] }

/** Provided by the rooms that own the tables; put together in `incident-sources.ts`. */
export interface IncidentSources {
  emailAccounts: {
    /** Active mailboxes that are in trouble, lack a folder, or are named by `also`, by id. */
    listTroubled(db: StatesDb, also: readonly EmailAccountId[]): Promise<readonly AccountStateNow[]>
    countActive(db: StatesDb): Promise<number>
    grantsInUse(db: StatesDb, ids: readonly GrantId[]): Promise<ReadonlySet<GrantId>>
    statesOf(db: StatesDb, ids: readonly EmailAccountId[]): Promise<ReadonlyMap<EmailAccountId, string>>
    /** Newest state first. */
    upstreamsOf(db: StatesDb, ids: readonly EmailAccountId[]): Promise<readonly UpstreamOfAccount[]>
    /** Active mailboxes, by name. */
    listDependent(db: StatesDb, on: Dependency): Promise<{ id: EmailAccountId; name: string; address: string }[]>
    contactsOf(
      db: StatesDb,
      ids: readonly EmailAccountId[],
    ): Promise<readonly { contact: string; cloudProviderId: CloudProviderId | undefined }[]>
  }
  cloudProviders: {
    list(db: StatesDb): Promise<
      readonly {
        id: CloudProviderId
        name: string
        cloud: string
        tenantId: string
        state: string
        reason: string | undefined
        since: Date
        /** It never worked so far. */
        isInSetup: boolean
      }[]
    >
    listRefusedSecrets(
      db: StatesDb,
    ): Promise<readonly { cloudProviderId: CloudProviderId; hint: string; code: string | null }[]>
    namesOf(
      db: StatesDb,
      ids: readonly CloudProviderId[],
    ): Promise<readonly { id: CloudProviderId; name: string; cloud: string; clientId: string; tenantId: string }[]>
    /** Contacts and their deputies. */
    contactsOf(db: StatesDb, ids: readonly CloudProviderId[]): Promise<readonly string[]>
  }
  grants: {
    /** Grants that are in trouble, or named by `also`. */
    listTroubled(
      db: StatesDb,
      also: readonly GrantId[],
    ): Promise<
      readonly {
        id: GrantId
        name: string
        cloudProviderId: CloudProviderId
        tenantId: string
        state: string
        reason: string | undefined
        since: Date
      }[]
    >
    namesOf(
      db: StatesDb,
      ids: readonly GrantId[],
    ): Promise<readonly { id: GrantId; name: string; endedUpstream: Upstream | undefined }[]>
    listOfTenant(db: StatesDb, tenantId: string | null): Promise<readonly GrantId[]>
  }
  sending: {
    /** Mailboxes that cannot send, by id. `code` is null where no attempt has a reason. */
    list(
      db: StatesDb,
      overdueBefore: Date,
    ): Promise<readonly { emailAccountId: EmailAccountId; code: string | null; since: Date }[]>
    /** Newest trouble first. */
    upstreamsOf(db: StatesDb, ids: readonly EmailAccountId[]): Promise<readonly UpstreamOfAccount[]>
  }
  actions: {
    /** Mailboxes whose actions wait for a reason, or since `overdueBefore`, by id. */
    list(db: StatesDb, overdueBefore: Date): Promise<readonly ActionsNow[]>
    /** Newest trouble first. */
    upstreamsOf(db: StatesDb, ids: readonly EmailAccountId[]): Promise<readonly UpstreamOfAccount[]>
  }
  adminAddresses(db: StatesDb): Promise<string[]>
}
