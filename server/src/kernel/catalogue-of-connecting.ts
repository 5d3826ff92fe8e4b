import type { CatalogueEntry } from './errors.ts'

/** What may go wrong with registrations, sign-ins, people and accounts, and on the way to Microsoft. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const CONNECTING = {
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
  'cloud_providers.credential_not_found': {
    title: 'There is no such credential',
    remedy: 'admin',
    fix: 'It was removed, or it belongs to another cloud provider. Open the cloud provider and choose from its client secrets.',
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
  'cloud_providers.ids_fixed': {
    title: 'The ids of a cloud provider that has worked stay as they are',
    remedy: 'admin',
    fix: 'For another registration create another Cloud Provider under Setup, Connect another organization. This one and its mailboxes stay as they are.',
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
    title: 'The client secret has expired',
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
    fix: 'Ask again when they are ready: a consent link can be opened again until the consent is verified, for seven days. Nothing was changed.',
  },
  'tokens.resource_unavailable': {
    title: 'The organization has no Exchange Online that the application could use',
    remedy: 'admin',
    fix: 'Check that the tenant has a licence with Exchange Online and that the cloud of the cloud provider is the right one.',
  },
  'tokens.consent_unproven': {
    title: 'The sign-in does not prove the admin consent: permissions are missing',
    remedy: 'sign-in',
    fix: 'Consent once more with an Entra admin of the organization: Microsoft then lists all permissions. Nothing was changed, and the link stays good.',
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
    fix: 'Look at step C of the set-up: if neither the sign-in nor the consent is there, begin anew. The page was probably loaded twice.',
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
  'tokens.sign_in_link_over': {
    title: 'This link is not good any more',
    remedy: 'admin',
    fix: 'It was used, taken back, replaced by a newer one, or is too old: links to sign in last a day, links to consent a week. Whoever sent it can make a new one under Cloud providers. Nothing was changed.',
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
  'email_accounts.sent_folder_known': {
    title: 'Microsoft Graph names the folder for sent mail itself',
    remedy: 'admin',
    fix: 'Leave the folder for sent mail out: it can be chosen for mailboxes that are read by IMAP. Nothing was changed.',
  },
  'email_accounts.sent_folder_has_role': {
    title: 'The folder has another role than sent mail',
    remedy: 'admin',
    fix: 'Choose the folder in which the mail server stores sent mail, or one without a role. The folders for the inbox, drafts, archive, junk and trash are refused, because all mail in the folder for sent mail counts as sent by you. Nothing was changed.',
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
  'email_accounts.sends_on_behalf': {
    title: 'Mail goes out on behalf of the mailbox, not in its name',
    remedy: 'admin',
    fix: 'Customers see the person who signed in beside the mailbox. Mail is sent all the same. If that is not wanted, give the person Send As: Add-RecipientPermission <mailbox> -Trustee <person> -AccessRights SendAs. It may take an hour to work.',
  },
  'email_accounts.identity_not_found': {
    title: 'The mailbox sends in no such name',
    remedy: 'admin',
    fix: 'It was removed, or belongs to another mailbox. Choose one of the names on the page of the email account, or add it there.',
  },
  'email_accounts.too_many_identities': {
    title: 'The mailbox has as many names as it can have',
    remedy: 'admin',
    fix: 'Remove one that nobody sends in any more, then add the new one.',
  },
  'email_accounts.too_many_aliases': {
    title: 'The mailbox has as many other addresses as it can have',
    remedy: 'admin',
    fix: 'Remove one that nobody writes to any more, then add the new one.',
  },
  'email_accounts.address_not_own': {
    title: 'That is no address of this mailbox',
    remedy: 'admin',
    fix: 'Mail is sent from the address of the mailbox and from its other addresses only. Add the address on the page of the email account and try it by a test mail.',
  },
  'email_accounts.address_in_use': {
    title: 'The mailbox sends from this address',
    remedy: 'admin',
    fix: 'Give the names that have this address another one, or remove them. Then remove the address.',
  },
  'email_accounts.addresses_untold': {
    title: 'The mail server does not say which addresses the mailbox has',
    remedy: 'admin',
    fix: 'Add them by hand and try each by a test mail. At Microsoft a person may read the addresses of their own mailbox, for a shared one nobody needs the permission, and the application reads them with User.Read.All.',
  },
  'email_accounts.time_zone_unknown': {
    title: 'There is no such time zone',
    remedy: 'admin',
    fix: 'Write it as the time zone database does, such as Europe/Berlin.',
  },
  'email_accounts.alias_replaced': {
    title: 'The server replaces this address by another one',
    remedy: 'admin',
    fix: 'Mail goes out, and customers see the address that the server chose. Exchange does so unless the organization has SendFromAliasEnabled switched on; ask an Exchange admin, and try the address again afterwards.',
  },
  'email_accounts.password_needed': {
    title: 'The password of the mailbox has to be entered anew',
    remedy: 'admin',
    fix: 'Servers, port, TLS, certificate authority or user name of the email account are others than the password was entered for, and it is shown to no other. Open the email account and enter it again.',
  },
  'email_accounts.microsoft_needs_sign_in': {
    title: 'Microsoft takes no passwords for mail',
    remedy: 'admin',
    fix: 'Connect the mailbox with a Cloud Provider: the person signs in at Microsoft, and no password comes here. Nothing was sent to the server.',
  },
  'email_accounts.tls_needed': {
    title: 'A password would go over the wire for everybody to read',
    remedy: 'admin',
    fix: 'Choose TLS or STARTTLS for the server that the detail names. Only servers that are declared in POSTKEY_MAIL_HOSTS may be used without.',
  },
  'email_accounts.ca_malformed': {
    title: 'That is no certificate of an authority',
    remedy: 'admin',
    fix: 'Paste one or more certificates in PEM, each with its lines BEGIN CERTIFICATE and END CERTIFICATE: that of the authority which signed the certificate of the server, and no private key.',
  },
  'email_accounts.not_by_password': {
    title: 'This mailbox is not opened with a password',
    remedy: 'admin',
    fix: 'Who opens it is chosen with grantId or application. Nothing was changed.',
  },
  'email_accounts.road_needs_person': {
    title: 'There is no other road to this mailbox',
    remedy: 'admin',
    fix: 'Where the application opens a mailbox, mail is sent by Graph only, and with a password it is read by IMAP and sent by SMTP. Roads are chosen where a person opens it with a sign-in.',
  },
  'email_accounts.senders_checked_by_microsoft': {
    title: 'Microsoft checks the senders of this mailbox',
    remedy: 'admin',
    fix: 'What Microsoft found out about a sender counts by itself, and no other server has to be named. The field is for mailboxes at other mail servers. Nothing was changed.',
  },
  'email_accounts.mail_waits': {
    title: 'Mail still waits to be sent from the mailbox',
    remedy: 'admin',
    fix: 'Wait until it is sent, or take it back under "Outbox" of the email account. Then remove it. Nothing was changed.',
  },
  'email_accounts.disconnected': {
    title: 'The email account is disconnected',
    remedy: 'admin',
    fix: 'Open the email account and press Connect again. The mail that was fetched before is still here.',
  },
  'egress.address_refused': {
    title: 'Postkey does not connect to that address',
    remedy: 'admin',
    fix: 'It leads into a private network, or is one of the web without https. Correct it. What lies in your own network is declared by whoever runs Postkey, as host:port: a mail server in POSTKEY_MAIL_HOSTS, a mail relay or webhook in POSTKEY_ALERT_HOSTS; a cloud on this machine with allowsHttpLoopback.',
  },
  'egress.unreachable': {
    title: 'The other server could not be reached',
    remedy: 'wait',
    fix: 'Nothing to do if it passes: Postkey tries again. If it lasts, check the name of the server, that this machine reaches the internet by name and by its port (443 for Microsoft Graph), and that no firewall stands between.',
  },
  'egress.name_not_found': {
    title: 'The name of the other server does not exist',
    remedy: 'wait',
    fix: 'Check the host name for a typing error where it was entered: the email account, the webhook, the mail relay or the clouds file. If it is right, check the DNS settings of the machine that runs Postkey: "getent hosts" with the name must print an address. Postkey keeps trying, and nothing is lost.',
  },
  'egress.name_server_failed': {
    title: 'No name server answered, so the address of the other server is unknown',
    remedy: 'wait',
    fix: 'Nothing to do if it passes: Postkey tries again. If it lasts, check the DNS settings of the machine that runs Postkey (/etc/resolv.conf, or those of its container) and that a firewall lets it reach its name servers on port 53. Nothing is lost.',
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
} as const satisfies Record<string, CatalogueEntry>
