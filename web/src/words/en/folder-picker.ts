export const folderPicker = {
  find: 'Find a folder',
  none: 'Choose at least one folder.',
  noneFound: 'No matching folders.',
  chosen: (chosen: number, all: number) => `${chosen} of ${all} selected`,
  count: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
  unfold: (name: string) => `Expand ${name}`,
  fold: (name: string) => `Collapse ${name}`,
  roles: { inbox: 'Inbox', sent: 'Sent', drafts: 'Drafts', archive: 'Archive', junk: 'Junk', trash: 'Deleted' },
}
