import type { Database, Tx } from '../database/index.ts'
import type { Audit } from '../audit/index.ts'
import type { IdentityProviderId, PersonId } from '../kernel/ids.ts'
import { deviceName } from './devices.ts'
import type { SessionEnd } from './session.ts'

const CHANNEL = 'ended_sessions'

export interface EndedBy {
  reason: SessionEnd
  /** Actor of the audit entry. */
  actor: string
}

/** The sessions to end: one, all but one, those of a provider, or all. */
export interface WhichSessions {
  only?: readonly string[] | undefined
  /** The person must be locked already. */
  provider?: IdentityProviderId | undefined
  except?: string | undefined
}

export interface SessionEnds {
  /**
   * Ends sessions of a person with an audit entry, in the transaction of the cause. Their event streams end in every
   * process once it commits. Returns the number of sessions.
   */
  end(tx: Tx, id: PersonId, by: EndedBy, which?: WhichSessions): Promise<number>
  /** Ids of people with a session that the provider has opened. Their link to it may be removed. */
  peopleOfProvider(tx: Tx, provider: IdentityProviderId): Promise<PersonId[]>
  /**
   * Subscribes to ended sessions, by id. Gets undefined after a lost connection, when ends may have been missed.
   */
  onEnded(listener: (sessionId: string | undefined) => void): Promise<() => Promise<void>>
}

export function createSessionEnds({ database, audit }: { database: Database; audit: Audit }): SessionEnds {
  return {
    async end(tx, id, { reason, actor }, { only, provider, except } = {}) {
      if (only?.length === 0) return 0
      const isAll = !only && provider === undefined
      // Waits for sign-ins in progress, which hold a shared lock until their session can be deleted.
      if (isAll) await tx.selectFrom('users').select('id').where('id', '=', id).forUpdate().execute()
      // A sign-in that waits for its second step would become a session.
      if (isAll) await tx.deleteFrom('pending_sign_ins').where('user_id', '=', id).execute()
      const ended = await tx
        .deleteFrom('sessions')
        .where('user_id', '=', id)
        .$if(only !== undefined, (query) => query.where('id', 'in', only!))
        .$if(provider !== undefined, (query) => query.where('identity_provider_id', '=', provider!))
        .$if(except !== undefined, (query) => query.where('id', '<>', except!))
        .returning(['id', 'ip_address', 'user_agent'])
        .execute()
      const [first] = ended
      if (!first) return 0
      for (const session of ended) await database.notify(tx, CHANNEL, session.id)
      await audit.record(tx, {
        ...{ actor, action: 'session.ended', subject: id },
        detail: {
          ...{ reason, sessions: ended.length },
          // The sign-ins have named several sessions already.
          ...(ended.length === 1 && { address: first.ip_address ?? '', device: deviceName(first.user_agent ?? '') }),
        },
      })
      return ended.length
    },

    async peopleOfProvider(tx, provider) {
      const sessions = tx.selectFrom('sessions').select('user_id').distinct()
      const rows = await sessions.where('identity_provider_id', '=', provider).execute()
      return rows.map((row) => row.user_id as PersonId)
    },

    onEnded: (listener) => database.listen(CHANNEL, listener),
  }
}
