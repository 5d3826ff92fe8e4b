import { useEffect, useState } from 'react'

/** Kept in memory only: the browser must not store a secret, and a visit to another page must not lose it. */
const typed = new Map<string, string>()

/**
 * The secret typed into a form; Microsoft shows it only once. Leaving Postkey with it asks for confirmation.
 *
 * @param form  name of the form, unique per purpose of the secret
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
