import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PersonId } from '../kernel/ids.ts'
import { prepareText, type PreparedText } from './prepared-text.ts'

/** Signatures of persons. Both parts are empty without one. */
export interface AgentSignatures {
  of(person: PersonId): Promise<PreparedText>
  /** Sanitizes and stores a signature. Empty parts remove it. */
  set(person: PersonId, signature: { text?: string | undefined; html?: string | undefined }): Promise<PreparedText>
}

export function createAgentSignatures({ database, clock }: { database: Database; clock: Clock }): AgentSignatures {
  const { db } = database
  return {
    async of(person) {
      const row = await db
        .selectFrom('agent_signatures')
        .select(['text', 'html'])
        .where('user_id', '=', person)
        .executeTakeFirst()
      return row ?? { text: '', html: '' }
    },
    async set(person, signature) {
      const prepared = prepareText(signature)
      if (prepared.text === '') {
        await db.deleteFrom('agent_signatures').where('user_id', '=', person).execute()
        return prepared
      }
      const columns = { ...prepared, updated_at: clock.now() }
      await db
        .insertInto('agent_signatures')
        .values({ user_id: person, ...columns })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
        .execute()
      return prepared
    },
  }
}
