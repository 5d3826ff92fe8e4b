export const savedViews = {
  title: 'Saved views',
  save: 'Save this search as a view',
  edit: 'Edit saved view',
  name: 'Name',
  query: 'Search',
  shared: 'Share with the team',
  sharedHint: 'Everyone sees only conversations of their own mailboxes. You and admins can change it.',
  ofOther: 'Only its creator and admins can change this shared view.',
  saveIt: 'Save view',
  remove: 'Delete view',
}
