/** Current actions of the commands, registered by a scene while it is mounted. */
import { useEffect, useRef } from 'react'
import type { CommandId } from './commands.ts'

type Action = () => void

const actions = new Map<CommandId, Action[]>()

/**
 * Registers a command; the latest registration wins, such as a dialog over a list. Disabled while `run` is undefined.
 */
export function useCommand(id: CommandId, run: Action | undefined): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  const isOffered = run !== undefined
  useEffect(() => {
    if (!isOffered) return
    const action = () => latest.current?.()
    actions.set(id, [...(actions.get(id) ?? []), action])
    return () =>
      void actions.set(
        id,
        actions.get(id)!.filter((each) => each !== action),
      )
  }, [id, isOffered])
}

export function isPossible(id: CommandId): boolean {
  return (actions.get(id)?.length ?? 0) > 0
}

export function runCommand(id: CommandId): void {
  actions.get(id)?.at(-1)?.()
}
