import { defineFault } from '../fault.ts'

const NAMES: Record<string, string> = {
  'broken utf-7': '"Broken &AAA- &ZZ name"',
  'line break': '{13}\r\nTwo\r\nlines it',
  'very long': `"${'long/'.repeat(20_000)}x"`,
  'parent folder': '"../../etc/passwd"',
}

export const imapFolderNames = defineFault({
  name: 'imap-folder-names',
  title: 'Folders with invalid names',
  part: 'imap',
  what: 'LIST returns folder names that no standard allows: broken modified UTF-7, line breaks in a literal, a very long name.',
  scopes: ['tenant', 'mailbox'],
  options: {
    name: {
      kind: 'choice',
      title: 'Name',
      choices: ['broken utf-7', 'line break', 'very long', 'parent folder'],
      usual: 'broken utf-7',
    },
  },
  reveals: ['LIST'],
  evidence: 'hostile server, not Microsoft’s behavior',
  effects: {
    'imap.folder-list': ({ name }) => [NAMES[name]!],
  },
})
