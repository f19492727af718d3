// Where journeys find their touchpoints and deals: a snapshot, or a snapshot
// with a change in front of it.
#ifndef SERVICE_VIEWS_INDEX_SOURCE_H_
#define SERVICE_VIEWS_INDEX_SOURCE_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

class IndexSource {
 public:
  using RowVisitor = std::function<bool(const TouchpointRow& row)>;
  using Visitor =
      std::function<bool(absl::string_view key, absl::string_view value)>;

  virtual ~IndexSource() = default;

  // Visits the rows under one subject from an instant on, by time and
  // position, until `visit` returns false.
  virtual absl::Status ScanTouchpoints(absl::string_view subject_key,
                                       core::Micros from,
                                       const RowVisitor& visit) const = 0;

  // Visits the entries of `lists` whose keys begin with `prefix`, by key,
  // until `visit` returns false; it gets the keys without the prefix.
  virtual absl::Status ScanLists(absl::string_view prefix,
                                 const Visitor& visit) const = 0;

  // With whom a subject belongs together; empty where nothing is known.
  virtual absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view subject_key) const = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_INDEX_SOURCE_H_
