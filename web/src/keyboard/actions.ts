/** Current actions of the commands, registered by a scene while it is mounted. */
import { useEffect, useRef } from 'react'
import type { CommandId } from './commands.ts'

type Action = () => void

/** `first` comes before commands that are registered later, such as those of a conversation that opens meanwhile. */
type Rank = 'first' | 'usual'

const firsts = new WeakSet<Action>()
const actions = new Map<CommandId, Action[]>()

/**
 * Registers a command; the latest registration wins, such as a dialog over a list. Disabled while `run` is undefined.
 */
export function useCommand(id: CommandId, run: Action | undefined, rank: Rank = 'usual'): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  const isOffered = run !== undefined
  useEffect(() => {
    if (!isOffered) return
    const action = () => latest.current?.()
    if (rank === 'first') firsts.add(action)
    actions.set(id, [...(actions.get(id) ?? []), action])
    return () =>
      void actions.set(
        id,
        actions.get(id)!.filter((each) => each !== action),
      )
  }, [id, isOffered, rank])
}

export function isPossible(id: CommandId): boolean {
  return (actions.get(id)?.length ?? 0) > 0
}

export function runCommand(id: CommandId): void {
  const offered = actions.get(id)
  const action = offered?.findLast((each) => firsts.has(each)) ?? offered?.at(-1)
  action?.()
}
