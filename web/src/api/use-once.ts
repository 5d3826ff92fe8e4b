import { useMutation, type DefaultError, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'

/** Longest time between the clicks of a double click, often longer than the first response takes. */
export const DOUBLE_CLICK_MS = 500

interface Guard {
  (act: () => Promise<unknown>): void
  /** Ends the wait for a double click, such as when a dialog opens again. A call under way is waited for. */
  reset: () => void
}

/**
 * Lets one call through at a time, and after a success none until a double click is over. It decides at the call,
 * because a button shows its loading state only after a second click.
 */
export function createGuard(): Guard {
  let isUnderWay = false
  let doubleClick: ReturnType<typeof setTimeout> | undefined
  const reset = () => {
    clearTimeout(doubleClick)
    doubleClick = undefined
  }
  const guard = (act: () => Promise<unknown>) => {
    if (isUnderWay || doubleClick !== undefined) return
    isUnderWay = true
    act().then(
      () => {
        isUnderWay = false
        doubleClick = setTimeout(reset, DOUBLE_CLICK_MS)
      },
      () => {
        isUnderWay = false
      },
    )
  }
  return Object.assign(guard, { reset })
}

/** A mutation that ignores a second click. */
export function useOnce<Data = unknown, Failure = DefaultError, Variables = void, Context = unknown>(
  options: UseMutationOptions<Data, Failure, Variables, Context>,
): UseMutationResult<Data, Failure, Variables, Context> {
  const [guard] = useState(createGuard)
  const mutation = useMutation(options)
  const { mutateAsync } = mutation
  const reset = () => {
    guard.reset()
    mutation.reset()
  }
  return { ...mutation, reset, mutate: (...given) => guard(() => mutateAsync(...given)) }
}
