// What this build is; the values come from CMake.
#ifndef SERVICE_SERVER_VERSION_H_
#define SERVICE_SERVER_VERSION_H_

namespace journey::server {

[[nodiscard]] const char* Version();
// The git commit it was built from; empty outside a checkout.
[[nodiscard]] const char* Revision();

}  // namespace journey::server

#endif  // SERVICE_SERVER_VERSION_H_
