/** Words above a quotation, by language. `date` is a word that mail programs use for the time of sending. */
export const QUOTATION_LINES = {
  en: {
    wrote: 'On {date}, {author} wrote:',
    forwarded: '---------- Forwarded message ----------',
    ...{ from: 'From', date: 'Date', subject: 'Subject', to: 'To', cc: 'Cc' },
  },
  da: {
    wrote: 'Den {date} skrev {author}:',
    forwarded: '---------- Videresendt meddelelse ----------',
    ...{ from: 'Fra', date: 'Sendt', subject: 'Emne', to: 'Til', cc: 'Cc' },
  },
  de: {
    wrote: 'Am {date} schrieb {author}:',
    forwarded: '---------- Weitergeleitete Nachricht ----------',
    ...{ from: 'Von', date: 'Datum', subject: 'Betreff', to: 'An', cc: 'Cc' },
  },
  es: {
    wrote: 'El {date}, {author} escribió:',
    forwarded: '---------- Mensaje reenviado ----------',
    ...{ from: 'De', date: 'Enviado', subject: 'Asunto', to: 'Para', cc: 'Cc' },
  },
  fr: {
    wrote: 'Le {date}, {author} a écrit :',
    forwarded: '---------- Message transféré ----------',
    ...{ from: 'De', date: 'Date', subject: 'Objet', to: 'À', cc: 'Cc' },
  },
  it: {
    wrote: 'Il {date}, {author} ha scritto:',
    forwarded: '---------- Messaggio inoltrato ----------',
    ...{ from: 'Da', date: 'Inviato', subject: 'Oggetto', to: 'A', cc: 'Cc' },
  },
  nb: {
    wrote: 'Den {date} skrev {author}:',
    forwarded: '---------- Videresendt melding ----------',
    ...{ from: 'Fra', date: 'Sendt', subject: 'Emne', to: 'Til', cc: 'Kopi' },
  },
  nl: {
    wrote: 'Op {date} schreef {author}:',
    forwarded: '---------- Doorgestuurd bericht ----------',
    ...{ from: 'Van', date: 'Datum', subject: 'Onderwerp', to: 'Aan', cc: 'Cc' },
  },
  pl: {
    wrote: 'W dniu {date} {author} napisał(a):',
    forwarded: '---------- Wiadomość przekazana ----------',
    ...{ from: 'Od', date: 'Wysłano', subject: 'Temat', to: 'Do', cc: 'DW' },
  },
  pt: {
    wrote: 'Em {date}, {author} escreveu:',
    forwarded: '---------- Mensagem encaminhada ----------',
    ...{ from: 'De', date: 'Enviado', subject: 'Assunto', to: 'Para', cc: 'Cc' },
  },
  sv: {
    wrote: 'Den {date} skrev {author}:',
    forwarded: '---------- Vidarebefordrat meddelande ----------',
    ...{ from: 'Från', date: 'Skickat', subject: 'Ämne', to: 'Till', cc: 'Kopia' },
  },
} as const

export const TEXTS = { unknownAuthor: 'Unknown sender' } as const
