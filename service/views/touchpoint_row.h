// One row of the touchpoint index: a touchpoint that names a subject.
#ifndef SERVICE_VIEWS_TOUCHPOINT_ROW_H_
#define SERVICE_VIEWS_TOUCHPOINT_ROW_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/core/clock.h"

namespace journey::views {

// Rows of a subject are kept by time and position. Touchpoints of the same
// instant are brought into canonical order when they are read
// (touchpoint_index.h): a row need not hold their ids then.
struct TouchpointRow {
  core::Micros occurred_at = 0;
  int64_t position = 0;
  // 0 unless the touchpoint is retracted.
  int64_t retraction_position = 0;
  // It names a deal, so it belongs to the deal's journey.
  bool has_deal = false;
  // The subject is the one that the touchpoint is written to.
  bool as_given = false;
  // It links the subject to a wider one, or merges it, and is not inert.
  bool links = false;

  friend bool operator<(const TouchpointRow& a, const TouchpointRow& b) {
    return std::tie(a.occurred_at, a.position) <
           std::tie(b.occurred_at, b.position);
  }
};

[[nodiscard]] inline bool IsRetracted(const TouchpointRow& row) {
  return row.retraction_position != 0;
}

// Sorts rows that came one after the other; of those of the same touchpoint
// the last one counts.
void SortAndKeepLast(std::vector<TouchpointRow>& rows);

// On disk: what follows the subject's key, and the value.
void AppendRowKey(const TouchpointRow& row, std::string& key);
[[nodiscard]] std::string EncodeRow(const TouchpointRow& row);

// Reads a row back. DATA_LOSS when it is damaged.
[[nodiscard]] absl::StatusOr<TouchpointRow> DecodeRow(
    absl::string_view key_suffix, absl::string_view value);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TOUCHPOINT_ROW_H_
