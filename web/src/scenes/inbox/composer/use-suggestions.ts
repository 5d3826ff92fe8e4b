import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRecipientsOptions, type Address } from '../../../api/client.ts'

const TYPED_FOR_MS = 120
const NONE: readonly Address[] = []

/** Addresses of earlier mail that begin with the typed words, except those already present. */
export function useSuggestions(typed: string, present: readonly Address[]): readonly Address[] {
  const [search] = useDebouncedValue(typed.trim().slice(0, 200), TYPED_FOR_MS)
  const { data } = useQuery({
    ...getRecipientsOptions({ query: { search } }),
    enabled: search !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  if (typed.trim() === '') return NONE
  const known = new Set(present.map(({ address }) => address.toLowerCase()))
  return data?.recipients.filter(({ address }) => !known.has(address.toLowerCase())) ?? NONE
}
