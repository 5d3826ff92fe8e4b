export const folderPicker = {
  find: 'Find a folder',
  none: 'Choose at least one folder.',
  noneFound: 'No folder has these words in its name.',
  chosen: (chosen: number, all: number) => `${chosen} of ${all} chosen`,
  count: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
  unfold: (name: string) => `Show what lies in ${name}`,
  fold: (name: string) => `Hide what lies in ${name}`,
  roles: { inbox: 'Inbox', sent: 'Sent', drafts: 'Drafts', archive: 'Archive', junk: 'Junk', trash: 'Deleted' },
}
