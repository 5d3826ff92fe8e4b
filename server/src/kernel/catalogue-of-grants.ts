import type { CatalogueEntry } from './errors.ts'

/**
 * How a sign-in ends, in words that lead to different things to do. Microsoft ends it by `invalid_grant` whatever the
 * reason; its numbers choose among these. Part of the catalogue in `errors.ts`, which says what a code promises.
 */
export const GRANTS = {
  'tokens.password_changed': {
    title: 'The password was changed, or the sign-ins of this person were revoked',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again", with the new password. Nothing already synced is lost. If nobody changed it, ask an Entra admin who revoked the sessions.',
  },
  'tokens.password_expired': {
    title: 'The password of this person has expired',
    remedy: 'sign-in',
    fix: 'The person chooses a new password at https://myaccount.microsoft.com. Then open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.unused_too_long': {
    title: 'The sign-in was not used for 90 days and has expired',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again". Postkey uses each sign-in once a day, so this happens only where it stood still for that long. Nothing already synced is lost.',
  },
  'tokens.lifetime_over': {
    title: 'The sign-in has reached the greatest age that the organization allows',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again". To be asked less often, an Entra admin looks for session lifetimes under Conditional Access, and whether the redirect URI is registered under the platform Web. Nothing already synced is lost.',
  },
  'tokens.single_page_day_over': {
    title: 'The sign-in ended after one day, because the application is registered as a single-page application',
    remedy: 'sign-in',
    fix: 'In the app registration open Authentication and move the redirect URI from Single-page application to the platform Web. Then open Email accounts, choose the mailbox and press "Sign in again": without the first step it ends again tomorrow. Nothing already synced is lost.',
  },
  'tokens.sign_in_frequency': {
    title: 'The organization wants people to sign in again at fixed intervals',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again". It ends again after the same time, unless an Entra admin leaves the application out of the Conditional Access policy with the session control "Sign-in frequency". Nothing already synced is lost.',
  },
  'tokens.mfa_required': {
    title: 'The organization now wants a second factor from this person',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again": the page of Microsoft asks for the second factor, or sets it up. Nothing already synced is lost.',
  },
  'tokens.account_disabled': {
    title: 'The account of the person who signed in is disabled',
    remedy: 'sign-in',
    fix: 'An Entra admin enables it under Users, or somebody else with Full Access signs in for the mailbox. Accounts of shared mailboxes are disabled and shall stay so: there a person who may open the mailbox signs in. Nothing already synced is lost.',
  },
  'tokens.account_deleted': {
    title: 'The account of the person who signed in is gone from the directory',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and let somebody else with Full Access sign in for it. A deleted account can be restored under Users, Deleted users, for 30 days. Nothing already synced is lost.',
  },
  'tokens.account_locked': {
    title: 'The account of the person who signed in is locked',
    remedy: 'sign-in',
    fix: 'Wait until Microsoft unlocks it, or ask an Entra admin to look at the sign-in log for wrong passwords and refused addresses. Then open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.device_required': {
    title: 'The organization wants a known device, which a server is not',
    remedy: 'sign-in',
    fix: 'An Entra admin finds the refused sign-in under Monitoring, Sign-in logs, and leaves the application out of the Conditional Access policy that asks for a device. Then open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.policy_ended_sign_in': {
    title: 'A security policy of the organization ended the sign-in',
    remedy: 'sign-in',
    fix: 'First an Entra admin finds the refused sign-in under Monitoring, Sign-in logs, and lets this server or the application through the policy that is named there. Then open Email accounts, choose the mailbox and press "Sign in again"; before, it is refused again. Nothing already synced is lost.',
  },
  'tokens.not_assigned': {
    title: 'The person who signed in is not assigned to the application',
    remedy: 'sign-in',
    fix: 'First an Entra admin opens Enterprise applications, chooses the application and adds the person under Users and groups, or sets "Assignment required" to No under Properties. Then open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.service_missing': {
    title: 'The organization has no Exchange Online for this sign-in any more',
    remedy: 'sign-in',
    fix: 'First an Entra admin checks that the tenant has a licence with Exchange Online and that the service is not switched off. Then open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.new_proof_needed': {
    title: 'Microsoft wants a new proof of who is there, which only a person can give',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again": the page of Microsoft asks for exactly what is missing. Nothing already synced is lost.',
  },
  'tokens.grant_from_backup': {
    title: 'The database was restored from a backup whose sign-in Microsoft no longer accepts',
    remedy: 'sign-in',
    fix: 'The sign-in was renewed after the backup was made. Open the email account and press Sign in again, once for all mailboxes of this person; mail that arrives meanwhile is fetched afterwards.',
  },
  'tokens.grant_lost_in_flight': {
    title: 'Postkey was ended in the moment in which Microsoft renewed the sign-in',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again". The answer of Microsoft was lost with the process, and the old sign-in counts no more; nobody has stolen anything. Nothing already synced is lost.',
  },
  'tokens.grant_unreadable': {
    title: 'The stored sign-in cannot be decrypted',
    remedy: 'sign-in',
    fix: 'Put the key file back that belongs to this database, or open Email accounts, choose the mailbox and press "Sign in again": the new sign-in replaces what cannot be read. Other sign-ins go on. Nothing already synced is lost.',
  },
  'cloud_providers.credential_unreadable': {
    title: 'The stored credential of the cloud provider cannot be decrypted',
    remedy: 'admin',
    fix: 'Put the key file back that belongs to this database; or make a new client secret in Entra ID under Certificates & secrets, and add it here. No mailbox has to sign in again for that.',
  },
} as const satisfies Record<string, CatalogueEntry>
