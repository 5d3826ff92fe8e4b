import { useLocalStorage } from '@mantine/hooks'
import { useState } from 'react'
import type { SetupSearch, RequestedKind } from './setup-search.ts'

export interface RequestedAddress {
  address: string
  /** Undefined until it is chosen. */
  kind: RequestedKind | undefined
  change: (changes: { address?: string; kind?: RequestedKind }) => void
}

interface Entry {
  address?: string
  kind?: RequestedKind
  /** Address requested by the page while this was typed. */
  asked?: string
}

/**
 * Mailbox of step C. It is kept in the browser, because the sign-in leaves the page and the tab may be closed at
 * Microsoft. The address of the page takes precedence until it is edited. A connected mailbox is done: the next one
 * starts empty.
 */
export function useRequestedAddress(
  providerId: string | undefined,
  connected: readonly string[],
  { address: asked, kind }: Pick<SetupSearch, 'address' | 'kind'>,
): RequestedAddress {
  const [kept, keep] = useLocalStorage<Entry>({
    key: `set-up:mailbox:${providerId ?? ''}:${connected.length}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const [typed, setTyped] = useState<Entry>()
  const isAsked = asked !== undefined && kept.asked !== asked
  const before: Entry = isAsked ? { address: asked, ...(kind && { kind }) } : kept
  const isDone = connected.some((address) => address.toLowerCase() === before.address?.trim().toLowerCase())
  const entry = typed ?? (isDone ? {} : before)
  return {
    address: entry.address ?? '',
    kind: entry.kind ?? kind,
    change(changes) {
      const next = { ...entry, ...(asked !== undefined && { asked }), ...changes }
      setTyped(next)
      keep(next)
    },
  }
}
