"""What the pages are made of.

Shared by all: `words` (every string that is seen), `theme`, `states` (empty, loading, failed), `forms`, `shell` (the
frame of the staff's pages) and `patient_frame` (that of the patients'). The others bear their page's name: `board_*`,
`settings_*`. A folder holds the parts of one page, or a React component of ours (`*.jsx`) with its Python wrapper.
"""
