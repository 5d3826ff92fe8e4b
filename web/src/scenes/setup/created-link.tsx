import { Alert, Stack, Text } from '@mantine/core'
import { CopyValue } from '../../components/copy-value.tsx'

interface CreatedLinkProps {
  title: string
  sentence: string
  name: string
  url: string
}

/** A link that is shown once. */
export function CreatedLink({ title, sentence, name, url }: CreatedLinkProps) {
  return (
    <Alert
      title={title}
      color="cyan"
      variant="outline"
      role="status"
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="xs">
        <CopyValue name={name} value={url} />
        <Text size="sm">{sentence}</Text>
      </Stack>
    </Alert>
  )
}
