import type { Database } from '../database/index.ts'

/** Shorter than an hour, because servers don't look at the same moment. */
const AT_LEAST_APART_MS = 55 * 60 * 1000

/** Begins the round of this hour. False if a server, this one or another, has begun one already. */
export async function beginRound({ db }: Pick<Database, 'db'>, now: Date): Promise<boolean> {
  const begun = await db
    .insertInto('installation_retention')
    .values({ round_at: now })
    .onConflict((oc) =>
      oc
        .column('one')
        .doUpdateSet({ round_at: now })
        .where((eb) =>
          eb.or([
            eb('installation_retention.round_at', 'is', null),
            eb('installation_retention.round_at', '<', new Date(now.getTime() - AT_LEAST_APART_MS)),
            // The clock was set back.
            eb('installation_retention.round_at', '>', now),
          ]),
        ),
    )
    .returning('one')
    .executeTakeFirst()
  return begun !== undefined
}
