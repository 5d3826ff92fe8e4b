import { useState } from 'react'

/** True once it was: a closed dialog is drawn only after its first opening. */
export function useEver(isNow: boolean): boolean {
  const [was, setWas] = useState(isNow)
  if (isNow && !was) setWas(true)
  return was || isNow
}
