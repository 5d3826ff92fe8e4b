import { Button, Collapse, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getApiKeysOptions } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ApiKeyRow } from './api-key-row.tsx'
import { NewApiKey } from './new-api-key.tsx'

const ROW_HEIGHT = 82

export function ApiKeys() {
  const { data, error, isPending, refetch } = useQuery(getApiKeysOptions())
  const [making, { open, close }] = useDisclosure(false)
  const [showsRevoked, { toggle }] = useDisclosure(false)
  const { title, sentence, create, empty, list, showRevoked } = words.settings.keys
  const valid = data?.apiKeys.filter(({ revokedAt }) => revokedAt === undefined) ?? []
  const revoked = data?.apiKeys.filter(({ revokedAt }) => revokedAt !== undefined) ?? []
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
      {revoked.length > 0 && (
        <Stack gap="xs" align="flex-start">
          <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={showsRevoked}>
            {showRevoked(revoked.length)}
          </Button>
          <Collapse expanded={showsRevoked} w="100%">
            <LongList label={showRevoked(revoked.length)} items={revoked} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
              {(key) => <ApiKeyRow apiKey={key} />}
            </LongList>
          </Collapse>
        </Stack>
      )}
      <NewApiKey opened={making} onClose={close} />
    </Section>
  )
}
