import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getApiKeysOptions } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { ApiKeyRow } from '../settings/api-key-row.tsx'
import { isExpired } from '../settings/is-expired.ts'

const ROW_HEIGHT = 82

/** Valid API keys of the signed-in admin. */
export function OwnKeysSection() {
  const me = useMe()
  const { data, error, isPending, refetch } = useQuery(getApiKeysOptions())
  const { title, sentence, empty, open } = words.account.keys
  const keys = data?.apiKeys.filter(
    (key) => key.createdBy === me.id && key.revokedAt === undefined && !isExpired(key, clock.now()),
  )
  return (
    <Section
      title={title}
      actions={
        <ButtonLink to="/settings" variant="default" size="xs">
          {open}
        </ButtonLink>
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={ROW_HEIGHT} />}
      {keys?.length === 0 && <Text size="sm">{empty}</Text>}
      {keys && keys.length > 0 && (
        <LongList label={title} items={keys} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(key) => <ApiKeyRow apiKey={key} />}
        </LongList>
      )}
    </Section>
  )
}
