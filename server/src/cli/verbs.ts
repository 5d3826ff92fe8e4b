import { apiKeyCreateVerb } from './api-key/create.ts'
import { apiKeyListVerb } from './api-key/list.ts'
import { apiKeyRevokeVerb } from './api-key/revoke.ts'
import { backupVerb, backupVerifyVerb } from './backup.ts'
import { cloudProviderListVerb } from './cloud-provider/list.ts'
import { cloudProviderShowVerb } from './cloud-provider/show.ts'
import { completionVerb } from './completion.ts'
import { configCheckVerb } from './config-check.ts'
import { doctorVerb } from './doctor.ts'
import { emailAccountCheckVerb } from './email-account/check.ts'
import { emailAccountConnectVerb } from './email-account/connect.ts'
import { emailAccountListVerb } from './email-account/list.ts'
import { emailAccountPauseVerb, emailAccountResumeVerb } from './email-account/pause.ts'
import { emailAccountShowVerb } from './email-account/show.ts'
import { helpVerb } from './help.ts'
import { keysGiveUpVerb, keysMakeVerb, keysRotateVerb } from './keys.ts'
import { restoreVerb } from './restore.ts'
import { signInPolicySetVerb } from './sign-in-policy/set.ts'
import { signInPolicyShowVerb } from './sign-in-policy/show.ts'
import { statusVerb } from './status.ts'
import { supportBundleVerb } from './support-bundle/support-bundle.ts'
import { userCreateAdminVerb } from './user/create-admin.ts'
import { userListVerb } from './user/list.ts'
import { userResetFactorsVerb } from './user/reset-factors.ts'
import { userResetPasswordVerb } from './user/reset-password.ts'
import type { Verb } from './verb.ts'
import { versionVerb } from './version.ts'

/** All verbs, in the order of the help. */
export const VERBS: readonly Verb[] = [
  statusVerb,
  doctorVerb,
  configCheckVerb,
  userListVerb,
  userCreateAdminVerb,
  userResetPasswordVerb,
  userResetFactorsVerb,
  signInPolicyShowVerb,
  signInPolicySetVerb,
  apiKeyListVerb,
  apiKeyCreateVerb,
  apiKeyRevokeVerb,
  emailAccountListVerb,
  emailAccountConnectVerb,
  emailAccountShowVerb,
  emailAccountPauseVerb,
  emailAccountResumeVerb,
  emailAccountCheckVerb,
  cloudProviderListVerb,
  cloudProviderShowVerb,
  keysRotateVerb,
  keysMakeVerb,
  keysGiveUpVerb,
  backupVerb,
  backupVerifyVerb,
  restoreVerb,
  supportBundleVerb,
  completionVerb,
  versionVerb,
  helpVerb,
]
