import { useMutation, type DefaultError, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { useRef, useState } from 'react'

/** Longest time between the clicks of a double click, often longer than the first response takes. */
export const DOUBLE_CLICK_MS = 500

interface Guard {
  (act: () => Promise<unknown>): void
  /** Ends the wait for a double click, such as when a dialog opens again. A call under way is waited for. */
  reset: () => void
  isUnderWay: () => boolean
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
  return Object.assign(guard, { reset, isUnderWay: () => isUnderWay })
}

/**
 * A mutation that ignores a second click. The call ends with its response: `onSuccess` may wait for data to be fetched
 * again, and until then a dialog may have opened for the next call.
 */
export function useOnce<Data = unknown, Failure = DefaultError, Variables = void, Context = unknown>(
  options: UseMutationOptions<Data, Failure, Variables, Context>,
): UseMutationResult<Data, Failure, Variables, Context> {
  const [guard] = useState(createGuard)
  const response = useRef<PromiseWithResolvers<unknown>>(undefined)
  const { mutationFn } = options
  const mutation = useMutation<Data, Failure, Variables, Context>({
    ...options,
    ...(mutationFn && {
      mutationFn: async (...given) => {
        const data = await mutationFn(...given)
        response.current?.resolve(data)
        return data
      },
    }),
  })
  const { mutateAsync } = mutation
  const mutate: typeof mutation.mutate = (...given) =>
    guard(() => {
      const { promise, resolve, reject } = (response.current = Promise.withResolvers<unknown>())
      // Resolved before, unless the call failed.
      mutateAsync(...given).then(resolve, reject)
      return promise
    })
  const reset = () => {
    guard.reset()
    // The button shows that a request is under way.
    if (!guard.isUnderWay()) mutation.reset()
  }
  return { ...mutation, reset, mutate }
}
