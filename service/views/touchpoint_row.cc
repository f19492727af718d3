#include "service/views/touchpoint_row.h"

#include <algorithm>

#include "service/core/big_endian.h"
#include "service/core/errors.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

constexpr char kHasDeal = 1;
constexpr char kAsGiven = 2;
constexpr char kRetracted = 4;
constexpr char kLinks = 8;
constexpr size_t kNumberBytes = sizeof(uint64_t);

absl::Status DamagedRow() {
  return core::DamagedError("views: a row of the touchpoint index is damaged");
}

}  // namespace

void SortAndKeepLast(std::vector<TouchpointRow>& rows) {
  if (!std::is_sorted(rows.begin(), rows.end())) {
    std::stable_sort(rows.begin(), rows.end());
  }
  size_t kept = 0;
  for (const TouchpointRow& row : rows) {
    if (kept > 0 && rows[kept - 1].position == row.position) --kept;
    rows[kept++] = row;
  }
  rows.resize(kept);
}

void AppendRowKey(const TouchpointRow& row, std::string& key) {
  AppendInstant(row.occurred_at, key);
  core::AppendBigEndian(static_cast<uint64_t>(row.position), key);
}

std::string EncodeRow(const TouchpointRow& row) {
  std::string value;
  const bool retracted = row.retraction_position != 0;
  value.push_back(static_cast<char>(
      (row.has_deal ? kHasDeal : 0) | (row.as_given ? kAsGiven : 0) |
      (row.links ? kLinks : 0) | (retracted ? kRetracted : 0)));
  if (retracted) {
    core::AppendBigEndian(static_cast<uint64_t>(row.retraction_position),
                          value);
  }
  return value;
}

absl::StatusOr<TouchpointRow> DecodeRow(absl::string_view key_suffix,
                                        absl::string_view value) {
  TouchpointRow row;
  if (!ConsumeInstant(key_suffix, row.occurred_at) ||
      key_suffix.size() != kNumberBytes || value.empty()) {
    return DamagedRow();
  }
  row.position = static_cast<int64_t>(core::LoadBigEndian(key_suffix));
  const char flags = value[0];
  value.remove_prefix(1);
  const bool retracted = (flags & kRetracted) != 0;
  if (value.size() != (retracted ? kNumberBytes : 0)) return DamagedRow();
  row.has_deal = (flags & kHasDeal) != 0;
  row.as_given = (flags & kAsGiven) != 0;
  row.links = (flags & kLinks) != 0;
  if (retracted) {
    row.retraction_position = static_cast<int64_t>(core::LoadBigEndian(value));
  }
  return row;
}

}  // namespace journey::views
