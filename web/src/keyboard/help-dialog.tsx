import { Modal, SimpleGrid, Table, Text } from '@mantine/core'
import type { Person } from '../api/client.ts'
import { words } from '../words/index.ts'
import { commandsFor, GROUPS } from './commands.ts'
import { KeysShown } from './keys-shown.tsx'

/** List of all keyboard shortcuts. */
export function HelpDialog(props: { opened: boolean; onClose: () => void; role: Person['role'] }) {
  const { opened, onClose, role } = props
  const { help, groups, commands, notWhileTyping } = words.keyboard
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={help}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'start' }}>
        {GROUPS.map((group) => (
          <Table key={group} captionSide="top" withRowBorders={false} verticalSpacing={4}>
            <Table.Caption ta="start" fw={600} c="var(--mantine-color-text)">
              {groups[group]}
            </Table.Caption>
            <Table.Tbody>
              {commandsFor(role)
                .filter((command) => command.group === group)
                .map(({ id, keys }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{commands[id]}</Table.Td>
                    <Table.Td w={90}>
                      <KeysShown keys={keys} />
                    </Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed" mt="sm">
        {notWhileTyping}
      </Text>
    </Modal>
  )
}
