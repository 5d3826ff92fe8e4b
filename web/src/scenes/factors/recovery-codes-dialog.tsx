import { Button, Code, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { words } from '../../words/index.ts'

/** Shows new recovery codes, once. Neither Escape nor a click beside it closes the dialog. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[] | undefined; onClose: () => void }) {
  const text = words.factors.recovery
  return (
    <Modal
      opened={codes !== undefined}
      onClose={onClose}
      title={text.title}
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
      centered
    >
      <Stack>
        <Text size="sm">{text.sentence}</Text>
        <Text size="sm" fw={600}>
          {text.once}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" aria-label={text.codes} component="ul" p={0} m={0}>
          {codes?.map((code) => (
            <li key={code} style={{ listStyle: 'none' }}>
              <Code>{code}</Code>
            </li>
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <CopyButton value={(codes ?? []).join('\n')} what={text.codes} />
          <Button onClick={onClose}>{text.done}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
