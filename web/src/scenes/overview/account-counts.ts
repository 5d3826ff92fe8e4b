import type { EmailAccount } from '../../api/client.ts'

type State = EmailAccount['state']

/** Those that need a person first. */
const ORDER: readonly State[] = [
  'needs-admin',
  'needs-sign-in',
  'degraded',
  'connecting',
  'importing',
  'connected',
  'paused',
]
const FAILING: ReadonlySet<State> = new Set(['needs-admin', 'needs-sign-in', 'degraded'])

/** Number of mailboxes per state, without states that have none. */
export function countStates(accounts: readonly Pick<EmailAccount, 'state'>[]): [State, number][] {
  const count = (state: State) => accounts.filter((account) => account.state === state).length
  return ORDER.map((state): [State, number] => [state, count(state)]).filter(([, n]) => n > 0)
}

/** True if a mailbox does not receive, can't send, or its actions wait; a paused one was paused on purpose. */
export function isFailing({ id, state }: Pick<EmailAccount, 'id' | 'state'>, troubled: ReadonlySet<string>): boolean {
  return FAILING.has(state) || (state !== 'paused' && troubled.has(id))
}

/** The latest of these times. */
export function latestOf(times: readonly (string | undefined)[]): string | undefined {
  return times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)
}
