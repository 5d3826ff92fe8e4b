import { Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdImportOptions, type EmailAccount } from '../../api/client.ts'
import { Warning } from '../../components/warning.tsx'
import { language, words } from '../../words/index.ts'

/** Progress of the import while it runs; afterwards only missing messages. */
export function ImportProgress({ account: { id, state } }: { account: EmailAccount }) {
  const { data } = useQuery(getEmailAccountsIdImportOptions({ path: { id } }))
  const { importing } = words.emailAccounts
  if (!data) return undefined
  const number = new Intl.NumberFormat(language)
  const running = !data.done && (state === 'importing' || state === 'connecting' || state === 'connected')
  const read = data.imported + data.unfiled
  const part = data.aboutTotal === 0 ? 0 : (100 * read) / data.aboutTotal
  return (
    <>
      {running && (
        <div>
          <Progress value={part} aria-label={importing.title} />
          <Text size="sm" c="dimmed">
            {importing.figure(number.format(read), number.format(data.aboutTotal))}
          </Text>
        </div>
      )}
      {data.done && state === 'connected' && (
        <Text size="sm" c="dimmed">
          {importing.done(data.imported, number.format(data.imported))}
        </Text>
      )}
      {data.unfiled > 0 && <Warning title={importing.unfiled(data.unfiled)}>{importing.unfiledHint}</Warning>}
    </>
  )
}
