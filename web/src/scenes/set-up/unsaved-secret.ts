import { useEffect, useState } from 'react'

/** In memory alone: no storage of a browser shall keep a secret, and a look at another page must not lose it. */
let typed = ''

/** The secret that is being entered, which Microsoft shows only once. Leaving Postkey with it asks first. */
export function useUnsavedSecret(): [secret: string, set: (secret: string) => void] {
  const [secret, setSecret] = useState(typed)
  useEffect(() => {
    if (secret === '') return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [secret])
  return [
    secret,
    (next) => {
      typed = next
      setSecret(next)
    },
  ]
}
