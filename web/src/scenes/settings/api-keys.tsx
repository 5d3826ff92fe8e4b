import { Button, Collapse, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getApiKeysOptions, type ApiKey } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ApiKeyRow } from './api-key-row.tsx'
import { isExpired } from './is-expired.ts'
import { NewApiKey } from './new-api-key.tsx'

const ROW_HEIGHT = 82

export function ApiKeys() {
  const { data, error, isPending, refetch } = useQuery(getApiKeysOptions())
  const [making, { open, close }] = useDisclosure(false)
  const [showsEnded, { toggle }] = useDisclosure(false)
  const { title, sentence, create, empty, list, showEnded } = words.settings.keys
  const valid = data?.apiKeys.filter((key) => !isEnded(key)) ?? []
  const ended = data?.apiKeys.filter(isEnded) ?? []
  return (
    <Section
      title={title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {create}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={2} height={ROW_HEIGHT} />}
      {data && valid.length === 0 && <Text size="sm">{empty}</Text>}
      {valid.length > 0 && (
        <LongList label={list} items={valid} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(key) => <ApiKeyRow apiKey={key} />}
        </LongList>
      )}
      {ended.length > 0 && (
        <Stack gap="xs" align="flex-start">
          <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={showsEnded}>
            {showEnded(ended.length)}
          </Button>
          <Collapse expanded={showsEnded} w="100%">
            <LongList label={showEnded(ended.length)} items={ended} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
              {(key) => <ApiKeyRow apiKey={key} />}
            </LongList>
          </Collapse>
        </Stack>
      )}
      <NewApiKey opened={making} onClose={close} />
    </Section>
  )
}

function isEnded(key: ApiKey): boolean {
  return key.revokedAt !== undefined || isExpired(key, clock.now())
}
