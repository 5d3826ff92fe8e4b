import { Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdImportOptions, type EmailAccount } from '../../api/client.ts'
import { language, words } from '../../words/index.ts'

const text = words.setupConnected
/** Polling interval during an import; events are less frequent. */
const LOOK_AGAIN_MS = 2_000

/** Progress of the import, with a figure. */
export function ImportProgress({ account: { id, state } }: { account: EmailAccount }) {
  const { data } = useQuery({
    ...getEmailAccountsIdImportOptions({ path: { id } }),
    refetchInterval: ({ state: { data: last } }) => (last?.done ? false : LOOK_AGAIN_MS),
  })
  const number = new Intl.NumberFormat(language)
  if (state !== 'connecting' && state !== 'importing' && state !== 'connected') return undefined
  const { imported, aboutTotal, done } = data ?? { imported: 0, aboutTotal: 0, done: false }
  const percent = done ? 100 : Math.min(99, (imported / Math.max(aboutTotal, 1)) * 100)
  const sentence = done
    ? text.imported(imported, number.format(imported))
    : aboutTotal === 0
      ? text.begun
      : text.importing(number.format(imported), number.format(aboutTotal))
  return (
    <div>
      <Progress value={percent} color="teal" aria-label={text.progress} />
      <Text size="sm" mt={4} role="status">
        {sentence}
      </Text>
    </div>
  )
}
