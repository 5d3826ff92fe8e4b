import { NativeSelect, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { postEmailAccountsImportPreview, type PostEmailAccountsImportPreviewResponse } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { language, words } from '../../words/index.ts'
import { requestKey, type RequestedAccount } from './requested-account.ts'
import { TwoColumns } from './two-columns.tsx'

const text = words.setupAssociate
const WINDOWS = ['0', '7', '30', '90', '365', '3650'] as const
const CLOSES = ['0', '1', '2', '7', '14', '30', 'none'] as const
/** Time after the last tick of a folder, so that each tick does not count the mail of all folders. */
const AFTER_TICKS_MS = 800

export type ImportWindow = (typeof WINDOWS)[number]
export type ClosesOlderThan = (typeof CLOSES)[number]

interface ImportChoiceProps {
  wanted: RequestedAccount
  /** Undefined: Inbox and Sent. */
  folders: readonly string[] | undefined
  days: ImportWindow
  onDays: (days: ImportWindow) => void
  closes: ClosesOlderThan
  onCloses: (closes: ClosesOlderThan) => void
}

/** Import window with the number of conversations in each, and the age from which they arrive closed. */
export function ImportChoice({ wanted, folders, days, onDays, closes, onCloses }: ImportChoiceProps) {
  const [settled] = useDebouncedValue(folders, AFTER_TICKS_MS)
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['import-preview', requestKey(wanted), settled],
    queryFn: async ({ signal }) => {
      const windows = WINDOWS.map(Number).filter((each) => each > 0)
      const body = { ...wanted, days: windows, ...(settled && { folderRemoteIds: [...settled] }) }
      return (await postEmailAccountsImportPreview({ body, signal })).data
    },
    enabled: settled?.length !== 0,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  })
  const isCounted = data !== undefined && settled === folders
  const label = (value: ImportWindow) => {
    const window = isCounted ? data.windows.find((each) => String(each.days) === value) : undefined
    return window ? text.withCount(text.windows[value], countOf(window)) : text.windows[value]
  }
  return (
    <Stack gap="xs">
      <TwoColumns>
        <NativeSelect
          label={text.window}
          value={days}
          onChange={({ currentTarget }) => onDays(currentTarget.value as ImportWindow)}
          data={WINDOWS.map((value) => ({ value, label: label(value) }))}
        />
        {days !== '0' && (
          <NativeSelect
            label={text.closes}
            description={text.closesHint}
            value={closes}
            onChange={({ currentTarget }) => onCloses(currentTarget.value as ClosesOlderThan)}
            data={CLOSES.map((value) => ({ value, label: text.closesOlder[value] }))}
          />
        )}
      </TwoColumns>
      <Text size="sm" c="dimmed" role="status">
        {isCounted ? days !== '0' && explanationOf(data, days) : isFetching && text.counting}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
    </Stack>
  )
}

type Preview = PostEmailAccountsImportPreviewResponse

function countOf({ conversations, messages }: Preview['windows'][number]): string {
  if (!conversations) return text.messages(messages, number.format(messages))
  const { count, isEstimate } = conversations
  return text.conversations(count, number.format(count), isEstimate)
}

/** Sentence about the counted mail of the chosen window. */
function explanationOf({ windows, foldersCounted, foldersLeftOut, countsWholeDays }: Preview, days: string): string {
  const { messages } = windows.find((each) => String(each.days) === days)!
  const counted = text.counted(text.messages(messages, number.format(messages)), foldersCounted, countsWholeDays)
  return foldersLeftOut > 0 ? `${counted} ${text.notCounted(foldersLeftOut)}` : counted
}

const number = new Intl.NumberFormat(language)
