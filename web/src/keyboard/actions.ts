/** Current actions of the commands, registered by a scene while it is mounted. */
import { useEffect, useRef } from 'react'
import type { CommandId } from './commands.ts'

type Action = () => void

/** Registered instead of an action: the key does nothing, and the command is not offered. */
export const BLOCKED: Action = () => undefined

/** `first` comes before commands that are registered later, such as those of a conversation that opens meanwhile. */
type Rank = 'first' | 'usual'

const firsts = new WeakSet<Action>()
const blocked = new WeakSet<Action>()
const actions = new Map<CommandId, Action[]>()
const orders = new WeakMap<Action, number>()
let latestOrder = 0

/** Place in the order of registrations, for a command that may be registered again later. */
export function nextOrder(): number {
  return ++latestOrder
}

/**
 * Registers a command; the latest registration wins, such as a dialog over a list. Disabled while `run` is undefined.
 *
 * @param order  earlier place of a command whose scene is mounted again, from {@link nextOrder}
 */
export function useCommand(id: CommandId, run: Action | undefined, rank: Rank = 'usual', order?: number): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  const isOffered = run !== undefined
  const isBlocked = run === BLOCKED
  useEffect(() => {
    if (!isOffered) return
    const action = () => latest.current?.()
    if (rank === 'first') firsts.add(action)
    if (isBlocked) blocked.add(action)
    return register(id, action, order)
  }, [id, isOffered, isBlocked, rank, order])
}

/** @returns a function that ends the registration */
export function register(id: CommandId, action: Action, order = nextOrder()): () => void {
  orders.set(action, order)
  actions.set(
    id,
    [...(actions.get(id) ?? []), action].sort((one, other) => orders.get(one)! - orders.get(other)!),
  )
  return () =>
    void actions.set(
      id,
      actions.get(id)!.filter((each) => each !== action),
    )
}

export function isPossible(id: CommandId): boolean {
  const action = actionOf(id)
  return action !== undefined && !blocked.has(action)
}

export function runCommand(id: CommandId): void {
  actionOf(id)?.()
}

function actionOf(id: CommandId): Action | undefined {
  const offered = actions.get(id)
  return offered?.findLast((each) => firsts.has(each)) ?? offered?.at(-1)
}
