import type { CatalogueEntry } from './errors.ts'

/** What only the doctor finds out, because nobody else looks for it. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const OF_THE_DOCTOR = {
  'doctor.clock_off': {
    title: 'The clock of this machine is wrong',
    remedy: 'admin',
    fix: 'Set the clock of the machine that runs Postkey and let it follow a time server: timedatectl set-ntp true. Until then sign-ins and certificates may be refused.',
  },
  'doctor.public_url_elsewhere': {
    title: 'PUBLIC_URL leads to something else than this Postkey',
    remedy: 'admin',
    fix: 'Set PUBLIC_URL to the address at which browsers reach this Postkey, or correct the proxy so that it passes requests on with their path. Microsoft sends people and notifications there and nowhere else.',
  },
  'doctor.public_url_unreachable': {
    title: 'Nothing answers at PUBLIC_URL',
    remedy: 'admin',
    fix: 'See whether Postkey runs and the proxy before it. If browsers reach it at that address and only this machine does not, a firewall or the name server here leads elsewhere; sign-ins still work then.',
  },
  'doctor.name_unknown': {
    title: 'The name of the host is not found',
    remedy: 'admin',
    fix: 'Check the name servers of the machine that runs Postkey: getent hosts with the name must give an address. A clouds file may also have a slip in the name.',
  },
  'doctor.certificate_distrusted': {
    title: 'The certificate that arrives is not trusted here',
    remedy: 'admin',
    fix: 'If the issuer is a firewall or proxy of yours that reads TLS, let it pass these hosts on unread, or name its certificate authority to Postkey with NODE_EXTRA_CA_CERTS and start again. If nobody knows the issuer, somebody stands in the way: stop and find out.',
  },
  'doctor.issuer_unexpected': {
    title: 'The sign-in service says that it is another one',
    remedy: 'admin',
    fix: 'Compare cloud and Directory (tenant) ID of the Cloud Provider with the portal. A proxy that answers in place of Microsoft shows itself in the issuer of the certificate.',
  },
  'doctor.roles_missing': {
    title: 'The application lacks a permission for every mailbox',
    remedy: 'admin',
    fix: 'In the Azure portal open App registrations, the application, API permissions, Add a permission, Microsoft Graph, Application permissions, tick what is missing, and press Grant admin consent. What the application may not open waits; nothing is lost.',
  },
  'doctor.token_of_another': {
    title: 'The access token is not the one that was asked for',
    remedy: 'admin',
    fix: 'It is for another service, or of another person. Compare the cloud of the Cloud Provider with the portal, then sign in again for this mailbox. Nothing already synced is lost.',
  },
  'doctor.no_proof_of_life': {
    title: 'The mailbox was not read to its end for too long',
    remedy: 'admin',
    fix: 'See whether another line of this report is wrong. If none is, restart Postkey and look at its log; nothing that Microsoft still holds is lost.',
  },
} as const satisfies Record<string, CatalogueEntry>
