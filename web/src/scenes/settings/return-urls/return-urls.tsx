import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getReturnUrlsOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { LongList } from '../../../components/long-list.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { NewReturnUrl } from './new-return-url.tsx'
import { ReturnUrlRow } from './return-url-row.tsx'

const ROW_HEIGHT = 64

/** Addresses to which connect sessions may return. */
export function ReturnUrls() {
  const { data, error, isPending, refetch } = useQuery(getReturnUrlsOptions())
  const [adding, { open, close }] = useDisclosure(false)
  const { title, sentence, add, empty, list } = words.returnUrls
  return (
    <Section
      title={title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={ROW_HEIGHT} />}
      {data?.returnUrls.length === 0 && <Text size="sm">{empty}</Text>}
      {data && data.returnUrls.length > 0 && (
        <LongList label={list} items={data.returnUrls} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(returnUrl) => <ReturnUrlRow returnUrl={returnUrl} />}
        </LongList>
      )}
      {adding && <NewReturnUrl onClose={close} />}
    </Section>
  )
}
