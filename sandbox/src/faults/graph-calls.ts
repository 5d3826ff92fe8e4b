import type { Option } from './fault.ts'
import type { Subject } from './points.ts'

/** Option of faults at Graph that can be limited to some calls. */
export const CALLS = {
  kind: 'choice',
  title: 'Affected calls',
  choices: ['all', 'read', 'write', 'send', 'delta', 'subscriptions'],
  usual: 'all',
} as const satisfies Option

/** True when the option includes the call; other parts of Graph, such as the directory, are included only in "all". */
export function isMeant(calls: string, { area }: Subject): boolean {
  return calls === 'all' || calls === area
}
