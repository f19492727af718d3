#include "service/server/version.h"

namespace journey::server {

const char* const kVersion = JOURNEY_VERSION;
const char* const kRevision = JOURNEY_REVISION;

}  // namespace journey::server
