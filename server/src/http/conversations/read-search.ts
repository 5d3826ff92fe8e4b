import { parseSearch, type ParsedSearch } from '../../conversations/index.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

/** Parses a query with the names of the mailboxes that the caller sees, of the team and of the tags. */
export async function readSearch(
  { emailAccounts, people, conversations, clock }: Pick<Rooms, 'emailAccounts' | 'people' | 'conversations' | 'clock'>,
  caller: KnownCaller,
  query: string,
  timeZone: string,
): Promise<ParsedSearch> {
  const { visibleAccounts: visible } = caller
  const [accounts, team, tags] = await Promise.all([
    /mailbox:/i.test(query) ? emailAccounts.list() : [],
    /assignee:/i.test(query) ? people.people.list() : [],
    /tag:/i.test(query) ? conversations.tags.list() : [],
  ])
  return parseSearch(query, {
    now: clock.now(),
    timeZone,
    me: caller.kind === 'person' ? caller.id : undefined,
    accounts: accounts.filter(({ id }) => visible === 'all' || visible.includes(id)),
    people: team,
    tags,
  })
}
