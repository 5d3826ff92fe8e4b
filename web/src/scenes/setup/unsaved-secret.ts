import { useEffect, useState } from 'react'

/** In memory alone: no storage of a browser shall keep a secret, and a look at another page must not lose it. */
const typed = new Map<string, string>()

/**
 * The secret that is being entered into a form, which Microsoft shows only once. Leaving Postkey with it asks first.
 *
 * @param form  name of the form, unique to what the secret is for
 */
export function useUnsavedSecret(form: string): [secret: string, set: (secret: string) => void] {
  const [secret, setSecret] = useState(typed.get(form) ?? '')
  useEffect(() => {
    if (secret === '') return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [secret])
  return [
    secret,
    (next) => {
      if (next === '') typed.delete(form)
      else typed.set(form, next)
      setSecret(next)
    },
  ]
}
