import { List, Text } from '@mantine/core'

/** A title and its lines as a list; nothing without lines. */
export function TitledLines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return undefined
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm">
        {/* Two lines can be equal, such as those of mailboxes with one name. */}
        {lines.map((line, index) => (
          <List.Item key={index}>{line}</List.Item>
        ))}
      </List>
    </div>
  )
}
