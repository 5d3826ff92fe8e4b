import { Button, Group, Stack, Text } from '@mantine/core'
import type { CreatedApiKey } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { words } from '../../words/index.ts'
import { curlExample } from './curl-example.ts'

/** A new key, which can be read only now. */
export function CreatedKey({ created, onDone }: { created: CreatedApiKey; onDone: () => void }) {
  const { once, key, example, done } = words.settings.keys
  return (
    <Stack>
      <Text size="sm" role="status">
        {once}
      </Text>
      <CopyValue name={key} value={created.key} />
      <CopyValue name={example} value={curlExample(created, location.origin)} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{done}</Button>
      </Group>
    </Stack>
  )
}
