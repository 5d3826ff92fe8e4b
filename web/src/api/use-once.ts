import { useMutation, type DefaultError, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'

/** Longest time between the clicks of a double click, often longer than the first response takes. */
export const DOUBLE_CLICK_MS = 500

/**
 * Lets one call through at a time, and after a success none until a double click is over. It decides at the call,
 * because a button shows its loading state only after a second click.
 */
export function createGuard(): (act: () => Promise<unknown>) => void {
  let isClosed = false
  return (act) => {
    if (isClosed) return
    isClosed = true
    const open = () => {
      isClosed = false
    }
    act().then(() => setTimeout(open, DOUBLE_CLICK_MS), open)
  }
}

/** A mutation that ignores a second click. */
export function useOnce<Data = unknown, Failure = DefaultError, Variables = void, Context = unknown>(
  options: UseMutationOptions<Data, Failure, Variables, Context>,
): UseMutationResult<Data, Failure, Variables, Context> {
  const [guard] = useState(createGuard)
  const mutation = useMutation(options)
  const { mutateAsync } = mutation
  return { ...mutation, mutate: (...given) => guard(() => mutateAsync(...given)) }
}
