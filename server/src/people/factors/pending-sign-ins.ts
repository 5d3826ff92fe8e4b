import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'

const LIFETIME_MS = 5 * 60 * 1000

/** A sign-in whose first step has succeeded. It isn't a session. */
export interface PendingSignIn {
  personId: PersonId
  method: 'password' | 'link'
  expiresAt: Date
}

/** Sign-ins that need a second factor, bound to the browser that began them; each is used once. */
export interface PendingSignIns {
  /** Starts a sign-in. An earlier one of this browser becomes invalid. */
  begin(browser: Uint8Array, pending: Omit<PendingSignIn, 'expiresAt'>): Promise<void>
  /** @throws {AppError} `people.sign_in_expired` */
  get(browser: Uint8Array | undefined): Promise<PendingSignIn>
  /**
   * Ends a sign-in, to open its session.
   *
   * @throws {AppError} `people.sign_in_expired` when it was used meanwhile
   */
  use(tx: Tx, browser: Uint8Array, pending: PendingSignIn): Promise<void>
}

export function createPendingSignIns({ db }: Pick<Database, 'db'>, clock: Clock): PendingSignIns {
  return {
    async begin(browser, { personId, method }) {
      const now = clock.now()
      const values = { user_id: personId, method, expires_at: new Date(now.getTime() + LIFETIME_MS) }
      await db.deleteFrom('pending_sign_ins').where('expires_at', '<=', now).execute()
      await db
        .insertInto('pending_sign_ins')
        .values({ browser_hash: Buffer.from(browser), ...values })
        .onConflict((conflict) => conflict.column('browser_hash').doUpdateSet(values))
        .execute()
    },

    async get(browser) {
      const row = browser && (await ofBrowser(browser).executeTakeFirst())
      if (!row) throw new AppError('people.sign_in_expired')
      return { personId: row.user_id as PersonId, method: row.method, expiresAt: row.expires_at }
    },

    async use(tx, browser, { personId }) {
      const { numDeletedRows } = await tx
        .deleteFrom('pending_sign_ins')
        .where('browser_hash', '=', Buffer.from(browser))
        .where('user_id', '=', personId)
        .executeTakeFirst()
      if (numDeletedRows !== 1n) throw new AppError('people.sign_in_expired')
    },
  }

  function ofBrowser(browser: Uint8Array) {
    return db
      .selectFrom('pending_sign_ins')
      .selectAll()
      .where('browser_hash', '=', Buffer.from(browser))
      .where('expires_at', '>', clock.now())
  }
}
