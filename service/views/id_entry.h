// The value of column family `ids`: where a touchpoint and its retraction
// stand in the log.
#ifndef SERVICE_VIEWS_ID_ENTRY_H_
#define SERVICE_VIEWS_ID_ENTRY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/log/writer.h"

namespace journey::views {

[[nodiscard]] std::string EncodeId(const log::IdEntry& entry);
[[nodiscard]] absl::StatusOr<log::IdEntry> DecodeId(absl::string_view value);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_ID_ENTRY_H_
