// What this build is; the values come from CMake.
#ifndef SERVICE_SERVER_VERSION_H_
#define SERVICE_SERVER_VERSION_H_

namespace journey::server {

inline constexpr char kVersion[] = JOURNEY_VERSION;
// The source revision, where the build was told.
inline constexpr char kRevision[] = JOURNEY_REVISION;

}  // namespace journey::server

#endif  // SERVICE_SERVER_VERSION_H_
