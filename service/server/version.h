// What this build is; the values come from CMake.
#ifndef SERVICE_SERVER_VERSION_H_
#define SERVICE_SERVER_VERSION_H_

namespace journey::server {

extern const char* const kVersion;
// The git commit it was built from; empty outside a checkout.
extern const char* const kRevision;

}  // namespace journey::server

#endif  // SERVICE_SERVER_VERSION_H_
