import type { Conversation } from '../../api/client.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { useSetStatus } from './use-work.ts'

/** While no conversation is open, keys refer to the focused row. */
export function useRowCommands(
  rows: readonly Conversation[],
  selected: string | undefined,
  onAssign: (conversation: Conversation) => void,
): void {
  const setStatus = useSetStatus()
  const focused = (): Conversation | undefined => {
    const row = document.activeElement?.closest<HTMLElement>('[data-conversation]')
    return rows.find(({ id }) => id === row?.dataset['conversation'])
  }
  const toggleStatus = () => {
    const row = focused()
    if (row) setStatus.mutate({ id: row.id, wanted: row.status === 'open' ? 'closed' : 'open' })
  }
  const assign = () => {
    const row = focused()
    if (row) onAssign(row)
  }
  const isAlone = selected === undefined && rows.length > 0
  useCommand('close', isAlone ? toggleStatus : undefined)
  useCommand('assign', isAlone ? assign : undefined)
}
