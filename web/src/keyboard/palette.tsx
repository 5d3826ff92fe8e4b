import { Modal, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import type { Person } from '../api/client.ts'
import { useOptionList } from '../components/use-option-list.ts'
import { words } from '../words/index.ts'
import { isPossible, runCommand } from './actions.ts'
import { commandsFor, type CommandId } from './commands.ts'
import { KeysShown } from './keys-shown.tsx'
import classes from './palette.module.css'

interface PaletteProps {
  opened: boolean
  onClose: () => void
  role: Person['role']
}

/** Finds and runs any command that is available here. */
export function Palette({ opened, onClose, role }: PaletteProps) {
  const chosen = useRef<CommandId>(undefined)
  const choose = (id: CommandId) => {
    chosen.current = id
    onClose()
  }
  // The command may move the focus only after the dialog is gone and has returned it.
  const runChosen = () => {
    const id = chosen.current
    chosen.current = undefined
    if (id !== undefined) requestAnimationFrame(() => runCommand(id))
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={runChosen}
      title={words.keyboard.palette}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Finder role={role} onChoose={choose} />
    </Modal>
  )
}

function Finder({ role, onChoose }: { role: Person['role']; onChoose: (id: CommandId) => void }) {
  const [wanted, setWanted] = useState('')
  const { commands, nothingFound, palette } = words.keyboard
  const found = commandsFor(role).filter(
    ({ id }) => id !== 'palette' && isPossible(id) && commands[id].toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const { current, optionId, toFirst, listProps, fieldProps } = useOptionList(found.length, (index) =>
    onChoose(found[index]!.id),
  )
  return (
    <>
      <TextInput
        data-autofocus
        {...fieldProps}
        aria-label={palette}
        value={wanted}
        onChange={({ currentTarget }) => {
          setWanted(currentTarget.value)
          toFirst()
        }}
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm" role="status">
          {nothingFound}
        </Text>
      )}
      <ul {...listProps} aria-label={palette} className={classes.list}>
        {found.map(({ id, keys }, index) => (
          <li
            key={id}
            id={optionId(index)}
            role="option"
            aria-selected={index === current}
            className={classes.option}
            onClick={() => onChoose(id)}
          >
            {commands[id]}
            <KeysShown keys={keys} />
          </li>
        ))}
      </ul>
    </>
  )
}
