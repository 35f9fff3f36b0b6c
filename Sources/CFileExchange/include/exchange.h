#pragma once

/// Lets two files or folders of one file system change places, in one step that no kill can cut in two:
/// `renameat2` with `RENAME_EXCHANGE` on Linux, `renamex_np` with `RENAME_SWAP` on macOS.
///
/// Returns 0, or -1 with `errno`; `ENOTSUP` where system or file system knows no such step.
int graft_exchange(const char *first, const char *second);
