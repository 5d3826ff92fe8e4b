import { Code, Text } from '@mantine/core'
import { words } from '../../words/index.ts'
import { PLACEHOLDERS, type Placeholder } from '../inbox/composer/placeholders.ts'

/** Placeholders that a prepared text may contain. */
export function PlaceholderHint({ only = PLACEHOLDERS }: { only?: readonly Placeholder[] }) {
  const { hint, fallback } = words.writing.placeholders
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {hint}{' '}
      {only.map((name) => (
        <span key={name}>
          <Code>{`{{${name}}}`}</Code>{' '}
        </span>
      ))}
      {only.includes('customer.first_name') && (
        <>
          {fallback} <Code>{'{{customer.first_name|there}}'}</Code>
        </>
      )}
    </Text>
  )
}
