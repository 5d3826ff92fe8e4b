import { audit } from './audit.ts'
import { cloudProviders } from './cloud-providers.ts'
import { emailAccounts } from './email-accounts.ts'
import { composer } from './composer.ts'
import { doctor } from './doctor.ts'
import { deviceSignIn } from './device-sign-in.ts'
import { everywhere } from './everywhere.ts'
import { entry } from './entry.ts'
import { folderPicker } from './folder-picker.ts'
import { inbox } from './inbox.ts'
import { alerts, incidents } from './incidents.ts'
import { keyboard } from './keyboard.ts'
import { guests } from './guests.ts'
import { health } from './health.ts'
import { marks } from './marks.ts'
import { mailServer } from './mail-server.ts'
import { automaticReply } from './automatic-reply.ts'
import { addresses, senderNames } from './sender-names.ts'
import { people } from './people.ts'
import { problems } from './problems.ts'
import { quarantine } from './quarantine.ts'
import { restoredBackup } from './restored-backup.ts'
import { connection } from './connection.ts'
import { setup } from './setup.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'

export const english = {
  ...everywhere,
  problems,
  shell,
  entry,
  inbox,
  incidents,
  alerts,
  keyboard,
  setup,
  guests,
  health,
  cloudProviders,
  composer,
  doctor,
  deviceSignIn,
  emailAccounts,
  mailServer,
  folderPicker,
  marks,
  automaticReply,
  senderNames,
  addresses,
  people,
  quarantine,
  restoredBackup,
  connection,
  audit,
  settings,
}
