import type { Option } from './fault.ts'
import type { Subject } from './points.ts'

/** The option of faults at Graph that may be for some calls only. */
export const CALLS = {
  kind: 'choice',
  title: 'Calls',
  choices: ['all', 'read', 'write', 'send', 'delta', 'subscriptions'],
  usual: 'all',
} as const satisfies Option

/** Whether the call is one of those; other parts of Graph, such as the directory, belong to all only. */
export function isMeant(calls: string, { area }: Subject): boolean {
  return calls === 'all' || calls === area
}
