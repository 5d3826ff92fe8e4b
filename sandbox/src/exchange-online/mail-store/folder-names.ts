import type { WellKnownFolder } from './mail-objects.ts'

type Names = Record<WellKnownFolder, string>

/** Folder names by language. A mailbox gets them on creation, in its owner's language. */
const NAMES: Record<string, Names> = {
  en: {
    msgfolderroot: 'Top of Information Store',
    inbox: 'Inbox',
    drafts: 'Drafts',
    sentitems: 'Sent Items',
    deleteditems: 'Deleted Items',
    junkemail: 'Junk Email',
    archive: 'Archive',
    outbox: 'Outbox',
    conversationhistory: 'Conversation History',
    recoverableitemsdeletions: 'Deletions',
  },
  de: {
    msgfolderroot: 'Oberste Ebene des Informationsspeichers',
    inbox: 'Posteingang',
    drafts: 'Entwürfe',
    sentitems: 'Gesendete Elemente',
    deleteditems: 'Gelöschte Elemente',
    junkemail: 'Junk-E-Mail',
    archive: 'Archiv',
    outbox: 'Postausgang',
    conversationhistory: 'Aufgezeichnete Unterhaltungen',
    recoverableitemsdeletions: 'Deletions',
  },
  fr: {
    msgfolderroot: "Haut de la banque d'informations",
    inbox: 'Boîte de réception',
    drafts: 'Brouillons',
    sentitems: 'Éléments envoyés',
    deleteditems: 'Éléments supprimés',
    junkemail: 'Courrier indésirable',
    archive: 'Archive',
    outbox: "Boîte d'envoi",
    conversationhistory: 'Historique des conversations',
    recoverableitemsdeletions: 'Deletions',
  },
  es: {
    msgfolderroot: 'Principio del almacén de información',
    inbox: 'Bandeja de entrada',
    drafts: 'Borradores',
    sentitems: 'Elementos enviados',
    deleteditems: 'Elementos eliminados',
    junkemail: 'Correo no deseado',
    archive: 'Archivo',
    outbox: 'Bandeja de salida',
    conversationhistory: 'Historial de conversaciones',
    recoverableitemsdeletions: 'Deletions',
  },
}

/** Display names for a BCP 47 language; English for unsupported languages. */
export function folderNames(language: string): Names {
  return NAMES[language.slice(0, 2).toLowerCase()] ?? NAMES['en']!
}
