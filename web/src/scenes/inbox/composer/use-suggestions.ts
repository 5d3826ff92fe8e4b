import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRecipients, type Address } from '../../../api/client.ts'
import { isAnswered, MOST_FETCHED, searchedWords, suggest, type SuggestionAnswer } from './suggestions.ts'

const TYPED_FOR_MS = 120
/** The earlier mail of a minute ago is recent enough. */
const KEPT_FOR_MS = 60_000
const LONGEST_SEARCH = 200
const ANSWERS = 'suggested recipients'

export interface SuggestionSources {
  /** Participants of the conversation. */
  participants: readonly (Address & { isMisleading?: boolean })[]
  /** Recipients of all fields. */
  present: readonly Address[]
}

/** Recipients that fit the typed text. Requests them after a pause, and only if no earlier answer has them. */
export function useSuggestions(typed: string, { participants, present }: SuggestionSources): readonly Address[] {
  const queryClient = useQueryClient()
  const words = searchedWords(typed.slice(0, LONGEST_SEARCH))
  const searched = words.join(' ')
  const answers = queryClient
    .getQueriesData<SuggestionAnswer>({ queryKey: [ANSWERS] })
    .flatMap(([, answer]) => answer ?? [])
  const [settled] = useDebouncedValue(searched, TYPED_FOR_MS)
  useQuery({
    queryKey: [ANSWERS, searched],
    queryFn: async ({ signal }): Promise<SuggestionAnswer> => {
      const { data } = await getRecipients({ query: { search: searched, limit: MOST_FETCHED }, signal })
      return { searched, found: data.recipients }
    },
    enabled: searched !== '' && settled === searched && !isAnswered(words, answers),
    gcTime: KEPT_FOR_MS,
    staleTime: KEPT_FOR_MS,
    // A missing suggestion is no failure: the address can be typed.
    retry: false,
  })
  const named = participants.map(({ name, address, isMisleading }) => ({ name: isMisleading ? '' : name, address }))
  return suggest(words, answers, { participants: named, present })
}
