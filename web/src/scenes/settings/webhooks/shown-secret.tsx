import { Button, Group, Stack, Text } from '@mantine/core'
import { CopyValue } from '../../../components/copy-value.tsx'
import { words } from '../../../words/index.ts'

/** A new secret, which can be read only now. */
export function ShownSecret({ secret, more, onDone }: { secret: string; more?: string; onDone: () => void }) {
  const text = words.webhooks
  return (
    <Stack>
      <Text size="sm" role="status">
        {text.once} {more}
      </Text>
      <CopyValue name={text.secret} value={secret} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{text.done}</Button>
      </Group>
    </Stack>
  )
}
