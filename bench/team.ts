import type { YearsStage } from './large/kept-place.ts'
import type { BareServer } from './measure-requests.ts'
import { createAsker, type Asker } from './requests.ts'
import { startBareServer } from './stage.ts'

/** A program that sees the mailboxes of one team, and the server of fixed answers beside it. */
export interface Team {
  asker: Asker
  bare: BareServer
  database: YearsStage['database']
  accountIds: string[]
}

export async function asTeam(
  { postkey, teamKey, database }: YearsStage,
  work: (team: Team) => Promise<void>,
): Promise<void> {
  const asker = createAsker(postkey.address, teamKey)
  const bare = await startBareServer()
  try {
    const { text } = await asker.ask('/v1/email-accounts')
    const { emailAccounts } = JSON.parse(text) as { emailAccounts: { id: string }[] }
    await work({ asker, bare, database, accountIds: emailAccounts.map(({ id }) => id) })
  } finally {
    asker.close()
    bare.stop()
  }
}
