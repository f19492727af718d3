#include "service/views/id_entry.h"

#include "service/core/big_endian.h"
#include "service/core/errors.h"

namespace journey::views {
namespace {

constexpr size_t kNumberBytes = sizeof(uint64_t);

}  // namespace

// A retraction is rare, so its position is only there when there is one.
std::string EncodeId(const log::IdEntry& entry) {
  std::string value;
  core::AppendBigEndian(static_cast<uint64_t>(entry.position), value);
  if (entry.retraction_position != 0) {
    core::AppendBigEndian(static_cast<uint64_t>(entry.retraction_position),
                          value);
  }
  return value;
}

absl::StatusOr<log::IdEntry> DecodeId(absl::string_view value) {
  if (value.size() != kNumberBytes && value.size() != 2 * kNumberBytes) {
    return core::DamagedError("views: an entry of the id index is damaged");
  }
  log::IdEntry entry;
  entry.position = static_cast<int64_t>(core::LoadBigEndian(value));
  value.remove_prefix(kNumberBytes);
  if (!value.empty()) {
    entry.retraction_position =
        static_cast<int64_t>(core::LoadBigEndian(value));
  }
  return entry;
}

}  // namespace journey::views
