import { Stack, Text } from '@mantine/core'
import type { CreatedPersonLink } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

/** A new link, which can be read only now. */
export function CreatedLink({ link: { url, expiresAt } }: { link: CreatedPersonLink }) {
  const { link, once, passOn } = words.people
  return (
    <Stack gap="xs" role="status">
      <CopyValue name={link} value={url} />
      <Text size="sm">
        {once} <Time at={expiresAt} />. {passOn}
      </Text>
    </Stack>
  )
}
