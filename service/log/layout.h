// Names of what lies in the log's directory.
#ifndef SERVICE_LOG_LAYOUT_H_
#define SERVICE_LOG_LAYOUT_H_

namespace journey::log {

// The database.
inline constexpr char kDatabaseDirectory[] = "db";
// Tails that were cut off at opening.
inline constexpr char kCutDirectory[] = "torn";
// The mark of the last graceful stop.
inline constexpr char kHeadFile[] = "HEAD";
// Locked while a process has the log open.
inline constexpr char kLockFile[] = "LOCK";

}  // namespace journey::log

#endif  // SERVICE_LOG_LAYOUT_H_
