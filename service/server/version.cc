#include "service/server/version.h"

namespace journey::server {

const char* Version() { return JOURNEY_VERSION; }

const char* Revision() { return JOURNEY_REVISION; }

}  // namespace journey::server
