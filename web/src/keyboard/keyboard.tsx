import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Person } from '../api/client.ts'
import { isPossible, runCommand, useCommand } from './actions.ts'
import { commandsFor, TARGETS } from './commands.ts'
import { HelpDialog } from './help-dialog.tsx'
import { Palette } from './palette.tsx'
import { createStrokeReader, readStroke } from './strokes.ts'
import { isKeyTaken } from './key-targets.ts'

/** Handles the keys of every page, and contains the help and the palette. */
export function Keyboard({ role }: { role: Person['role'] }) {
  const [helpOpen, help] = useDisclosure(false)
  const [paletteOpen, palette] = useDisclosure(false)
  const navigate = useNavigate()
  const isAdmin = role === 'admin'

  useCommand('help', help.open)
  useCommand('palette', palette.open)
  useCommand('goInbox', () => void navigate({ to: TARGETS.goInbox }))
  useCommand('goSetup', isAdmin ? () => void navigate({ to: TARGETS.goSetup }) : undefined)
  useCommand('goEmailAccounts', isAdmin ? () => void navigate({ to: TARGETS.goEmailAccounts }) : undefined)
  useCommand('goCloudProviders', isAdmin ? () => void navigate({ to: TARGETS.goCloudProviders }) : undefined)
  useCommand('goIncidents', isAdmin ? () => void navigate({ to: TARGETS.goIncidents }) : undefined)
  useCommand('goPeople', isAdmin ? () => void navigate({ to: TARGETS.goPeople }) : undefined)
  useCommand('goAudit', isAdmin ? () => void navigate({ to: TARGETS.goAudit }) : undefined)

  useEffect(() => {
    const commands = commandsFor(role)
    const read = createStrokeReader(commands.map(({ keys }) => keys))
    const listen = (event: KeyboardEvent) => {
      if (isKeyTaken(event)) return
      const stroke = readStroke(event)
      const keys = stroke === undefined ? undefined : read(stroke, event.timeStamp)
      const command = commands.find((each) => each.keys === keys)
      if (!command || command.native || !isPossible(command.id)) return
      event.preventDefault()
      runCommand(command.id)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [role])

  return (
    <>
      <HelpDialog opened={helpOpen} onClose={help.close} role={role} />
      <Palette opened={paletteOpen} onClose={palette.close} role={role} />
    </>
  )
}
